import { partitionOfRegion } from "../partitions.ts";
import type { StsTarget } from "./sts.ts";

interface Suffixes {
  readonly standard: string;
  readonly dualstack: string;
}

/**
 * Domains of the partitions' endpoints, each of which has every variant, as in the AWS SDK; a test keeps the two equal.
 */
const SUFFIXES: Readonly<Record<string, Suffixes>> = {
  aws: { standard: "amazonaws.com", dualstack: "api.aws" },
  "aws-cn": { standard: "amazonaws.com.cn", dualstack: "api.amazonwebservices.com.cn" },
  "aws-eusc": { standard: "amazonaws.eu", dualstack: "api.amazonwebservices.eu" },
  "aws-iso": { standard: "c2s.ic.gov", dualstack: "api.aws.ic.gov" },
  "aws-iso-b": { standard: "sc2s.sgov.gov", dualstack: "api.aws.scloud" },
  "aws-iso-e": { standard: "cloud.adc-e.uk", dualstack: "api.cloud-aws.adc-e.uk" },
  "aws-iso-f": { standard: "csp.hci.ic.gov", dualstack: "api.aws.hci.ic.gov" },
  "aws-us-gov": { standard: "amazonaws.com", dualstack: "api.aws" },
};

/**
 * The URL that the AWS SDK uses for a target.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/sts.html
 */
export function buildStsUrl({ region, endpoint, variant }: StsTarget): string {
  if (endpoint !== undefined) return endpoint;
  const partition = partitionOfRegion(region)?.name ?? "aws";
  const suffix = SUFFIXES[partition]?.[variant.endsWith("dualstack") ? "dualstack" : "standard"];
  // In GovCloud the plain endpoints are the FIPS ones.
  const isFips = variant.startsWith("fips") && !(partition === "aws-us-gov" && variant === "fips");
  return `https://sts${isFips ? "-fips" : ""}.${region}.${suffix}`;
}

/**
 * Whether a host is STS itself: global, regional, or a VPC endpoint for it. The domain alone is not enough, since
 * anyone can have a bucket or an API below `amazonaws.com`.
 */
export function isStsHost(hostname: string): boolean {
  if (hostname === "sts.amazonaws.com") return true;
  const [, region = "", domain] =
    /^(?:vpce-[a-z\d-]+\.)?sts(?:-fips)?\.([a-z\d-]+)\.(?:vpce\.)?(.+)$/.exec(hostname) ?? [];
  const suffixes = SUFFIXES[partitionOfRegion(region)?.name ?? ""];
  return domain !== undefined && (domain === suffixes?.standard || domain === suffixes?.dualstack);
}
