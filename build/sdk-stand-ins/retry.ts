// biome-ignore-all lint/correctness/noUndeclaredDependencies: the SDK's own packages, in the versions that it brings along
import { HttpRequest } from "@smithy/core/protocols";
import { v4 } from "@smithy/core/serde";
import type {
  FinalizeHandlerArguments,
  FinalizeHandlerOutput,
  FinalizeRequestMiddleware,
  MetadataBearer,
  Pluggable,
} from "@smithy/types";

/** What the SDK notes on every answer and every error. */
const ONE_ATTEMPT = { attempts: 1, totalRetryDelay: 0 };

/** Does what the SDK's own retry does when `maxAttempts` is 1. */
const sendOnce: FinalizeRequestMiddleware<object, MetadataBearer> =
  (next) =>
  async (args: FinalizeHandlerArguments<object>): Promise<FinalizeHandlerOutput<MetadataBearer>> => {
    if (HttpRequest.isInstance(args.request)) {
      args.request.headers["amz-sdk-invocation-id"] = v4();
      args.request.headers["amz-sdk-request"] = "attempt=1; max=1";
    }
    try {
      const result = await next(args);
      Object.assign(result.output.$metadata, ONE_ATTEMPT);
      return result;
    } catch (error) {
      if (error instanceof Error) {
        const bearer = error as Partial<MetadataBearer>;
        bearer.$metadata = { ...bearer.$metadata, ...ONE_ATTEMPT };
      }
      throw error;
    }
  };

/** In place of the SDK's retries: the attempts of a run are counted in one place, `src/aws/attempts.ts`. */
export const getRetryPlugin = (): Pluggable<object, MetadataBearer> => ({
  applyToStack: (stack) =>
    stack.add(sendOnce, {
      name: "retryMiddleware",
      tags: ["RETRY"],
      step: "finalizeRequest",
      priority: "high",
      override: true,
    }),
});

export const RETRY_MODES = { STANDARD: "standard", ADAPTIVE: "adaptive" } as const;
export const DEFAULT_RETRY_MODE = RETRY_MODES.STANDARD;

/** The mode is part of the user agent. */
export const resolveRetryConfig = <Config extends object>(config: Config) =>
  Object.assign(config, { retryStrategy: async () => ({ mode: DEFAULT_RETRY_MODE }) });

/** How to find settings in files; every client of ours is given them. */
export const NODE_MAX_ATTEMPT_CONFIG_OPTIONS = undefined;
export const NODE_RETRY_MODE_CONFIG_OPTIONS = undefined;
