import { deflateRawSync } from "node:zlib";
import type { Constraints } from "./constraints.ts";
import { invalidParameterValue, malformedPolicyDocument, ServiceError, validationError } from "./errors.ts";
import type { QueryParameters } from "./query-protocol.ts";
import type { SessionTags } from "./sessions.ts";

/** What both ways to assume a role ask for. */
export interface SessionParameters {
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly durationSeconds: number;
}

const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;
const MAX_POLICY_LENGTH = 2048;
const MAX_POLICY_ARNS = 10;
const DEFAULT_DURATION_SECONDS = 3600;

function parseDuration(parameters: QueryParameters): number {
  const text = parameters.get("DurationSeconds");
  if (text === undefined) return DEFAULT_DURATION_SECONDS;
  if (!/^-?\d+$/.test(text)) throw new ServiceError(400, "MalformedInput", "Invalid Argument");
  return Number(text);
}

/** Reads the parameters that every session has. */
export function parseSessionParameters(
  parameters: QueryParameters,
  constraints: Constraints,
): SessionParameters {
  const roleArn = constraints.required("roleArn", parameters.get("RoleArn"));
  const roleSessionName = constraints.required("roleSessionName", parameters.get("RoleSessionName"));
  const durationSeconds = parseDuration(parameters);
  constraints.length("roleArn", parameters.get("RoleArn"), { min: 20, max: 2048 });
  constraints.length("roleSessionName", parameters.get("RoleSessionName"), { min: 2, max: 64 });
  constraints.pattern("roleSessionName", parameters.get("RoleSessionName"), "[\\w+=,.@-]*");
  constraints.range("durationSeconds", durationSeconds, { min: 900, max: 43_200 });
  constraints.length("policy", parameters.get("Policy"), { min: 1, max: MAX_POLICY_LENGTH });
  const policyArns = parameters.list("PolicyArns", "arn");
  if (policyArns.length > MAX_POLICY_ARNS) {
    constraints.check(
      "policyArns",
      `have length less than or equal to ${MAX_POLICY_ARNS}`,
      `[${policyArns.join(", ")}]`,
    );
  }
  return { roleArn, roleSessionName, durationSeconds };
}

/** @throws ServiceError unless the ARN is that of a role */
export function assertRoleArn(roleArn: string): void {
  if (!ROLE_ARN.test(roleArn)) throw validationError(`${roleArn} is invalid`);
}

function assertPolicyArns(parameters: QueryParameters, roleArn: string): void {
  const [, partition, , , accountId] = roleArn.split(":");
  for (const arn of parameters.list("PolicyArns", "arn")) {
    const [, policyPartition, service, , owner, resource] = (arn ?? "").split(":");
    const isUsable =
      service === "iam" &&
      policyPartition === partition &&
      (owner === "aws" || owner === accountId) &&
      resource?.startsWith("policy/");
    if (!isUsable) throw validationError(`The specified value for PolicyArns is invalid: ${arn}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformedPolicyDocument("This policy contains invalid Json");
  }
}

/** Whether an object names a member twice; IAM's grammar forbids it. */
function repeatsMember(json: string): boolean {
  const objects: Set<string>[] = [];
  const tokens = json.match(/"(?:\\.|[^"\\])*"|[{}[\]:]/g) ?? [];
  return tokens.some((token, index) => {
    if (token === "{" || token === "[") objects.push(new Set());
    else if (token === "}" || token === "]") objects.pop();
    else if (tokens[index + 1] === ":") {
      const name: string = JSON.parse(token);
      const isRepeated = objects.at(-1)?.has(name) === true;
      objects.at(-1)?.add(name);
      return isRepeated;
    }
    return false;
  });
}

function assertPolicy(text: string): void {
  const policy = parseJson(text);
  if (typeof policy !== "object" || policy === null || !("Statement" in policy) || repeatsMember(text)) {
    throw malformedPolicyDocument("Syntax errors in policy.");
  }
}

/**
 * Checks the session policies, which are otherwise opaque here.
 *
 * @throws ServiceError
 */
export function assertSessionPolicies(parameters: QueryParameters, roleArn: string): void {
  const policy = parameters.get("Policy");
  if (policy !== undefined) assertPolicy(policy);
  assertPolicyArns(parameters, roleArn);
}

const BASE_PACKED_PERCENT = 25;
const PACKED_LIMIT_BYTES = 1024;

/**
 * How much of the packed form the session's policies and tags take. AWS does not document the encoding; deflate is as
 * dense as a reader may expect.
 *
 * @throws ServiceError when they do not fit
 */
export function packedPolicySizePercent(parameters: QueryParameters, { tags }: SessionTags): number {
  const policies = [parameters.get("Policy") ?? "", ...parameters.list("PolicyArns", "arn")].join("");
  const packed = deflateRawSync(policies + JSON.stringify([...tags])).length;
  const percent = BASE_PACKED_PERCENT + Math.ceil((100 * packed) / PACKED_LIMIT_BYTES);
  if (percent <= 100) return percent;
  const culprit = tags.size > 0 ? "session tags" : "session policy";
  throw new ServiceError(
    400,
    "PackedPolicyTooLarge",
    `Packed size of ${culprit} consumes ${percent}% of allotted space.`,
  );
}

const MAX_TAGS = 50;
const TAG_KEY_LENGTH = { min: 1, max: 128 };
const TAG_VALUE_LENGTH = { min: 0, max: 256 };
const TAG_PATTERN = "[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*";

/** Reads `Tags` and `TransitiveTagKeys`. */
export function parseSessionTags(parameters: QueryParameters, constraints: Constraints): SessionTags {
  const keys = parameters.list("Tags", "Key").map((key) => key ?? "");
  const values = parameters.list("Tags", "Value").map((value) => value ?? "");
  if (keys.length > MAX_TAGS) {
    constraints.check("tags", `have length less than or equal to ${MAX_TAGS}`, `[${keys.join(", ")}]`);
  }
  for (const [index, key] of keys.entries()) {
    const field = `tags.${index + 1}.member`;
    constraints.length(`${field}.key`, key, TAG_KEY_LENGTH);
    constraints.pattern(`${field}.key`, key, TAG_PATTERN);
    constraints.length(`${field}.value`, values[index], TAG_VALUE_LENGTH);
    constraints.pattern(`${field}.value`, values[index], TAG_PATTERN);
  }
  const transitiveKeys = parameters.list("TransitiveTagKeys").map((key) => key ?? "");
  return {
    tags: new Map(keys.map((key, index) => [key, values[index] ?? ""])),
    transitiveKeys: new Set(transitiveKeys),
  };
}

/** @throws ServiceError for tags that contradict each other */
export function assertTagsConsistent(
  parameters: QueryParameters,
  { tags, transitiveKeys }: SessionTags,
): void {
  const keys = parameters.list("Tags", "Key").map((key) => (key ?? "").toLowerCase());
  if (new Set(keys).size < keys.length) {
    throw invalidParameterValue("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  }
  if ([...transitiveKeys].some((key) => !tags.has(key))) {
    throw invalidParameterValue("The specified transitive tag key must be included in the requested tags.");
  }
}
