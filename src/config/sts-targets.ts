import type { RoleArn } from "../aws/arn.ts";
import { COMMERCIAL, PARTITIONS, type Partition, partitionOfRegion } from "../aws/partitions.ts";
import type { StsTarget } from "../aws/sts/sts.ts";
import { isStsHost } from "../aws/sts/sts-url.ts";
import { type Checked, combine, invalid, valid } from "../foundation/checked.ts";
import type { Environment } from "../foundation/ports.ts";
import { isLoopback, isUrl } from "../foundation/url.ts";
import type { RawInput, RawInputs } from "./inputs/raw-inputs.ts";
import { splitList } from "./inputs/scalars.ts";

/** The STS endpoints, in order, and the Region for later jobs. */
export interface StsTargets {
  readonly targets: readonly [StsTarget, ...StsTarget[]];
  /** Absent if no Region was named. */
  readonly exportedRegion: string | undefined;
  /** The variable that names an endpoint outside of AWS; absent if the endpoint is AWS's own or comes from an input. */
  readonly foreignEndpointVariable: string | undefined;
}

/**
 * Chooses the Regions and endpoints of STS for a role.
 *
 * The variables are those of the AWS SDKs; their shared configuration files are not read.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
 */
export function parseStsTargets(
  raw: RawInputs,
  env: Environment,
  role: RoleArn | undefined,
): Checked<StsTargets> {
  const endpointInput = readEndpoint(raw, env);
  const named = readRegion(raw, env);
  const parts = combine({
    region: checkRegion(named, role),
    fallbackRegions: parseFallbackRegions(raw("fallback-regions"), role),
    endpoint: parseEndpoint(endpointInput, role),
    variant: parseVariant(env, endpointInput),
  });
  if (!parts.ok) return parts;
  const { region, fallbackRegions, endpoint, variant } = parts.value;
  const signingRegion = endpoint?.region ?? region ?? partitionOf(role).defaultRegion;
  const first: StsTarget = { region: signingRegion, endpoint: endpoint?.url, variant };
  const others = fallbackRegions
    .filter((other) => other !== signingRegion)
    .map((other): StsTarget => ({ region: other, endpoint: undefined, variant }));
  const isForeign = endpoint !== undefined && !isStsHost(new URL(endpoint.url).hostname);
  return valid({
    targets: [first, ...others],
    exportedRegion: region,
    foreignEndpointVariable: isForeign ? endpointInput.variable : undefined,
  });
}

function readRegion(raw: RawInputs, env: Environment): RawInput {
  const input = raw("region");
  if (input.text) return input;
  const variable = ["AWS_REGION", "AWS_DEFAULT_REGION"].find((name) => env[name]);
  return variable === undefined ? { ...input, text: undefined } : { subject: variable, text: env[variable] };
}

/** The role's partition, or that of most accounts if no role is known. */
function partitionOf(role: RoleArn | undefined): Partition {
  return PARTITIONS.find(({ name }) => name === role?.partition) ?? COMMERCIAL;
}

function checkRegion(input: RawInput, role: RoleArn | undefined): Checked<string | undefined> {
  const { text, subject } = input;
  if (!text) return valid(undefined);
  const partition = partitionOfRegion(text);
  if (partition === undefined) {
    return invalid({
      subject,
      found: `${JSON.stringify(text)} is not an AWS Region that this release knows`,
      expected: `a Region such as ${nearestRegions(text, role).join(", ")}`,
      fix: "Correct the name. For a newer Region, use a newer release of the component.",
    });
  }
  if (role === undefined || role.partition === partition.name) return valid(text);
  return invalid({
    subject,
    found: `${text} is in the partition ${partition.name}`,
    expected: `a Region of ${role.partition}, the partition of ${role.text}`,
    fix: `Use a Region such as ${partitionOf(role).defaultRegion}, or the ARN of a role in ${partition.name}: roles cannot be assumed across partitions.`,
  });
}

function parseFallbackRegions(input: RawInput, role: RoleArn | undefined): Checked<readonly string[]> {
  const regions = [...new Set(splitList(input.text))];
  const problems = regions.flatMap((text) => {
    const checked = checkRegion({ ...input, text }, role);
    return checked.ok ? [] : checked.problems;
  });
  return problems.length > 0 ? invalid(...problems) : valid(regions);
}

/** The Regions of the role's partition with names closest to the text. */
function nearestRegions(text: string, role: RoleArn | undefined): readonly string[] {
  const written = pairsOf(text.trim().toLowerCase());
  return partitionOf(role)
    .regions.map((region) => ({ region, distance: distanceBetween(written, pairsOf(region)) }))
    .sort((left, right) => left.distance - right.distance)
    .slice(0, 3)
    .map(({ region }) => region);
}

/** Every two adjacent characters, including the beginning and end. */
function pairsOf(text: string): ReadonlySet<string> {
  const framed = `^${text}$`;
  return new Set(Array.from(framed, (_, at) => framed.slice(at, at + 2)));
}

/** How many pairs only one of the two has: a wrong, missing or extra letter makes little difference. */
function distanceBetween(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  const shared = [...left].filter((pair) => right.has(pair)).length;
  return left.size + right.size - 2 * shared;
}

function readEndpoint(raw: RawInputs, env: Environment): RawInput & { readonly variable?: string } {
  const input = raw("sts-endpoint");
  if (input.text) return input;
  const ignored = env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === "true";
  const variable = ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"].find((name) => env[name] && !ignored);
  if (variable === undefined) return { ...input, text: undefined };
  return { subject: variable, text: env[variable], variable };
}

interface Endpoint {
  readonly url: string;
  /** The Region in an AWS host name. */
  readonly region: string | undefined;
}

function parseEndpoint(input: RawInput, role: RoleArn | undefined): Checked<Endpoint | undefined> {
  const { text, subject } = input;
  if (!text) return valid(undefined);
  const problem = (found: string, fix: string): Checked<never> =>
    invalid({ subject, found, expected: "an https URL such as https://sts.eu-central-1.amazonaws.com", fix });
  if (text.includes("@")) {
    return problem("a URL with a user name or password in it", "Remove them: STS does not use them.");
  }
  if (!isUrl(text)) {
    return problem(`${JSON.stringify(text)} is not a URL`, "Write the scheme and host in full.");
  }
  const url = new URL(text);
  if (url.search !== "" || url.hash !== "")
    return problem("a URL with a query or fragment", "End the URL at its path.");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    return problem(
      `the scheme ${JSON.stringify(url.protocol)} with the host ${JSON.stringify(url.hostname)}`,
      "Use https: over http, others on the network could read the ID token and the credentials (http is for loopback only).",
    );
  }
  const region = regionOfHost(url.hostname);
  const checked = region === undefined ? undefined : checkRegion({ subject, text: region }, role);
  return checked?.ok === false
    ? checked
    : valid({ url: `${url.origin}${url.pathname.replace(/\/$/, "")}`, region: checked?.value });
}

/**
 * The Region that requests to an AWS host are signed for; the global endpoint has no Region in its name.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_region-endpoints.html
 */
function regionOfHost(hostname: string): string | undefined {
  if (hostname === "sts.amazonaws.com") return COMMERCIAL.defaultRegion;
  const region = hostname.match(/(?:^|\.)sts(?:-fips)?\.([a-z0-9-]+)\./)?.[1];
  return region !== undefined && partitionOfRegion(region) ? region : undefined;
}

function parseVariant(env: Environment, endpoint: RawInput): Checked<StsTarget["variant"]> {
  const isOn = (name: string): boolean => env[name]?.toLowerCase() === "true";
  const fips = isOn("AWS_USE_FIPS_ENDPOINT");
  const dualstack = isOn("AWS_USE_DUALSTACK_ENDPOINT");
  if (endpoint.text && (fips || dualstack)) {
    const variable = fips ? "AWS_USE_FIPS_ENDPOINT" : "AWS_USE_DUALSTACK_ENDPOINT";
    return invalid({
      subject: variable,
      found: `true, together with ${endpoint.subject}`,
      expected: "one or the other, because an endpoint by URL has no variants",
      fix: `Remove ${variable}, and name the wanted host in ${endpoint.subject}.`,
    });
  }
  if (fips) return valid(dualstack ? "fips-dualstack" : "fips");
  return valid(dualstack ? "dualstack" : "standard");
}
