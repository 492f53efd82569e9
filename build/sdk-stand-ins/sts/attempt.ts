// biome-ignore-all lint/correctness/noUndeclaredDependencies: the SDK's own packages, in the versions that it brings along
import type { MetadataBearer } from "@smithy/types";

/** Notes what the SDK's retries note when `maxAttempts` is 1: attempts are counted in one place, `src/aws/attempts.ts`. */
export function markAttempt<T extends object>(result: T): T & MetadataBearer {
  const { $metadata } = result as Partial<MetadataBearer>;
  return Object.assign(result, { $metadata: { ...$metadata, attempts: 1, totalRetryDelay: 0 } });
}
