import { formatInstant } from "../../../foundation/times.ts";
import type { Groups } from "../diagnose.ts";
import { nameOtherIssuer } from "./issuer-entries.ts";
import type { Reading } from "./reading.ts";

/** The names that entries for pasted texts may use, and the placeholder for each if the text does not say. */
export const PASTED_NAMES = {
  operation: "the request",
  caller: "<ARN of the caller>",
  callerName: "the role <role>",
  callerRole: "<role>",
  callerRoleArn: "arn:aws:iam::<account>:role/<role>",
  identity:
    "The credentials were accepted, so the token exchange is not what failed; a permission is missing.",
  denied: "<service>:<action>",
  resource: "<ARN>",
  endpoint: "the server",
  endpointHost: "<host>",
  otherIssuer: "another program",
  profile: "<profile>",
  registry: "<account>.dkr.ecr.<region>.amazonaws.com",
  region: "<region>",
  registryName: "the registry",
  issuedAt: "<time>",
  expiresAt: "<time>",
  now: "compare `date -u`",
  argument: "`--role-arn`",
  badRegion: "<region>",
  actualAccount: "<account>",
  program: "aws",
} as const satisfies Readonly<Record<string, string>>;

/** What a text says, by the names in the catalogue's texts; placeholders for the rest. */
export function namesOf(reading: Reading): Groups {
  const { role, iss, endpoint, httpStatus, message, text } = reading;
  const host = iss?.replace(/^https:\/\//, "");
  return {
    ...PASTED_NAMES,
    ...defined({
      operation: reading.operation,
      ...describeCaller(reading.caller),
      denied: reading.denied,
      resource: reading.resource,
      endpoint,
      endpointHost: endpoint?.replace(/:\d+$/, ""),
      otherIssuer: nameOtherIssuer(iss),
      profile: reading.profile,
      registry: reading.registry,
      registryName: reading.registry,
      region: reading.region ?? /\.ecr(?:-fips)?\.([\w-]+)\./.exec(reading.registry ?? "")?.[1],
      iss,
      host,
      domain: host?.replace(/[:/].*$/, ""),
      roleName: role?.name,
      roleArn: role?.text,
      accountId: role?.accountId ?? /\baccount:(\d{12})/.exec(text)?.[1],
      partition: role?.partition,
      issuedAt: readTime(text, /Token (?:issued in the future|too old): ?(\d{10})\b/),
      expiresAt: readTime(text, /expiration date\/time ?(\d{10})\b/),
    }),
    target: endpoint ?? "STS",
    action: reading.operation ?? "the request",
    httpStatus: httpStatus ?? "<HTTP status>",
    message: message ?? "<message>",
  };
}

/** Seconds since 1970, as STS writes times. */
function readTime(text: string, pattern: RegExp): string | undefined {
  const seconds = pattern.exec(text)?.[1];
  return seconds === undefined ? undefined : formatInstant(new Date(Number(seconds) * 1000));
}

function defined(values: Groups): Groups {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Who asked, and as whom AWS accepted the credentials. */
function describeCaller(caller: string | undefined): Groups {
  const parts =
    /^arn:(?<partition>[\w-]+):(?:iam|sts)::(?<account>\d{12}):(?<kind>[\w-]+)\/(?<name>.+)$/.exec(
      caller ?? "",
    );
  if (caller === undefined || parts?.groups === undefined) return {};
  const { partition = "", account = "", kind, name = "" } = parts.groups;
  if (kind !== "assumed-role") {
    const callerName = kind === "user" ? `the IAM user ${name}` : caller;
    return {
      caller,
      callerName,
      callerRoleArn: caller,
      identity: `The credentials belong to ${callerName} in account ${account}, not to a role that the ID token was exchanged for.`,
    };
  }
  const role = name.split("/")[0] ?? name;
  return {
    caller,
    callerName: `the role ${role}`,
    callerRole: role,
    callerRoleArn: `arn:${partition}:iam::${account}:role/${role}`,
    identity: `AWS accepted the credentials, for a session of the role ${role} in account ${account}. A permission is missing.`,
  };
}
