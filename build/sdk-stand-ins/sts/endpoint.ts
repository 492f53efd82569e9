// biome-ignore-all lint/correctness/noUndeclaredDependencies: the SDK's own packages, in the versions that it brings along
import { parseUrl } from "@smithy/core/protocols";
import type { Endpoint } from "@smithy/types";
import { partitionOfRegion } from "../../../src/aws/partitions.ts";
import type { StsTarget } from "../../../src/aws/sts/sts.ts";
import { buildStsUrl } from "../../../src/aws/sts/sts-url.ts";
import type { ClientConfig } from "./config.ts";

/**
 * In place of the rules for endpoints, which carry a table of partitions of their own.
 *
 * @throws for what the configuration refuses: a Region that is in no partition, a variant of an endpoint given by URL
 */
export function resolveEndpoint({ region, endpoint, ...config }: ClientConfig): Endpoint {
  const variant = variantOf(config);
  if (endpoint === undefined ? !partitionOfRegion(region) : variant !== "standard")
    throw new Error(`there is no endpoint of STS for ${endpoint ?? region}, ${variant}`);
  return parseUrl(buildStsUrl({ region, endpoint, variant }));
}

function variantOf({
  useFipsEndpoint,
  useDualstackEndpoint,
}: Pick<ClientConfig, "useFipsEndpoint" | "useDualstackEndpoint">): StsTarget["variant"] {
  if (useFipsEndpoint) return useDualstackEndpoint ? "fips-dualstack" : "fips";
  return useDualstackEndpoint ? "dualstack" : "standard";
}
