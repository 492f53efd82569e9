/** Region of an STS host name; `undefined` for a name that is not one of AWS's, such as `127.0.0.1`. */
export function regionOfHost(host: string): string | undefined {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  if (name === "sts.amazonaws.com") return "us-east-1";
  const suffix = /^sts(?:-fips)?\.([a-z0-9-]+)\.(amazonaws\.|api\.|c2s\.|sc2s\.|cloud\.|csp\.)/.exec(name);
  return suffix?.[1];
}

const PARTITION_PREFIXES: readonly (readonly [prefix: string, partition: string])[] = [
  ["cn-", "aws-cn"],
  ["us-gov-", "aws-us-gov"],
  ["eusc-", "aws-eusc"],
  ["us-isob-", "aws-iso-b"],
  ["eu-isoe-", "aws-iso-e"],
  ["us-isof-", "aws-iso-f"],
  ["eu-isof-", "aws-iso-f"],
  ["us-iso-", "aws-iso"],
];

export function partitionOfRegion(region: string): string {
  return PARTITION_PREFIXES.find(([prefix]) => region.startsWith(prefix))?.[1] ?? "aws";
}
