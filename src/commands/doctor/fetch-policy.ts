import type { RoleArn } from "../../aws/arn.ts";
import type { PolicyFile } from "../../config/doctor-config.ts";
import { type Checked, invalid, type Problem, valid } from "../../foundation/checked.ts";
import { AwsOidcError } from "../../foundation/errors.ts";
import { isJsonObject, parseJsonObject } from "../../foundation/json.ts";
import { type Environment, PageError, TimeLimitError, type UrlToSign } from "../../foundation/ports.ts";
import { quoteForShell, showValue } from "../../foundation/quote.ts";
import { Secret } from "../../foundation/secret.ts";
import { isLoopback, isUrl } from "../../foundation/url.ts";
import type { Tools } from "../tools.ts";

const SUBJECT = "--fetch-trust-policy";

const LIMIT_MS = 20_000;

/** IAM is one service per partition; its requests are signed for one Region. */
const ENDPOINTS: Readonly<Record<string, { readonly host: string; readonly region: string }>> = {
  aws: { host: "iam.amazonaws.com", region: "us-east-1" },
  "aws-cn": { host: "iam.cn-north-1.amazonaws.com.cn", region: "cn-north-1" },
  "aws-eusc": { host: "iam.eusc-de-east-1.amazonaws.eu", region: "eusc-de-east-1" },
  "aws-us-gov": { host: "iam.us-gov.amazonaws.com", region: "us-gov-west-1" },
};

/**
 * Asks IAM for a role's trust policy, with the credentials in the environment, which must belong to the role's account.
 *
 * @throws {AwsOidcError} `CANCELLED`
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
 */
export async function fetchTrustPolicy(role: RoleArn, tools: Tools): Promise<Checked<PolicyFile>> {
  const { clock, env, openTerminal } = tools.host;
  const credentials = readCredentials(env);
  const endpoint = ENDPOINTS[role.partition];
  if (credentials === undefined) return invalid(noCredentials(env));
  if (endpoint === undefined) return failed(`roles of the partition ${role.partition} cannot be fetched`);
  const origin = env.AWS_ENDPOINT_URL_IAM || `https://${endpoint.host}`;
  if (!isPrivate(origin)) return invalid(OPEN_ENDPOINT);
  const { signUrl } = await openTerminal();
  const query = `Action=GetRole&RoleName=${encodeURIComponent(role.name)}&Version=2010-05-08`;
  try {
    const url = signUrl({
      url: `${origin}/?${query}`,
      region: endpoint.region,
      service: "iam",
      at: clock.now(),
      credentials,
    });
    const { status, body } = await clock.limit(LIMIT_MS, (signal) => tools.fetchPage(url, signal));
    return status === 200 ? readRole(body, role) : refused({ body, status }, role, env);
  } catch (error) {
    if (error instanceof TimeLimitError) return failed(`IAM did not answer within ${LIMIT_MS / 1000} s`);
    if (error instanceof PageError) return failed(`IAM cannot be reached: ${error.message} (${error.code})`);
    if (error instanceof AwsOidcError && error.code !== "CANCELLED") return failed(error.message);
    throw error;
  }
}

function readCredentials(env: Environment): UrlToSign["credentials"] | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = env;
  if (!accessKeyId || !secret) return undefined;
  return {
    accessKeyId,
    secretAccessKey: new Secret(secret, "secret access key"),
    sessionToken: token ? new Secret(token, "session token") : undefined,
  };
}

/** Plain http is for loopback only: the signed request contains the session token. */
function isPrivate(origin: string): boolean {
  if (!isUrl(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}

const OPEN_ENDPOINT: Problem = {
  subject: "AWS_ENDPOINT_URL_IAM",
  found: "something other than an https URL",
  expected: "https://<host>, because the session token is sent there",
  fix: "Correct the variable, or remove it.",
};

/** The command that puts the credentials of the current profile into the environment, ready to copy. */
function exportCommand({ AWS_PROFILE: profile }: Environment): string {
  const name = profile ? quoteForShell(profile) : "<profile>";
  return `eval "$(aws configure export-credentials --profile ${name} --format env)"`;
}

function noCredentials(env: Environment): Problem {
  return {
    subject: SUBJECT,
    found: "no AWS credentials in the environment",
    expected: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, with AWS_SESSION_TOKEN if they are temporary",
    fix: `This puts a profile's credentials (SSO too) into the environment:\n${exportCommand(env)}`,
  };
}

function failed(found: string, fix = BY_HAND): Checked<never> {
  return invalid({ subject: SUBJECT, found, expected: "the role, as IAM knows it", fix });
}

const BY_HAND =
  "Get it with this command, and pass it with --trust-policy:\naws iam get-role --role-name <role> --output json";

/** An answer is XML, or JSON if IAM respects the request's `Accept`. */
function readMember(body: string, name: string): string | undefined {
  const [, text] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(body) ?? [];
  return text?.trim() || findText(parseJsonObject(body), name);
}

function findText(value: unknown, name: string): string | undefined {
  if (!isJsonObject(value)) return undefined;
  const own = value[name];
  if (typeof own === "string") return own;
  return Object.values(value)
    .map((member) => findText(member, name))
    .find((text) => text !== undefined);
}

/** IAM looks up the name in the credentials' account, so it may find another role. */
function readRole(body: string, role: RoleArn): Checked<PolicyFile> {
  const arn = readMember(body, "Arn");
  const text = readMember(body, "AssumeRolePolicyDocument");
  if (arn === undefined || text === undefined) return failed("IAM's answer is not a role");
  if (arn === role.text) return valid({ path: arn, text });
  return failed(
    `these credentials find another role with that name: ${showValue(arn)}`,
    "Use credentials for the account in --role-arn, and the ARN with its full path.",
  );
}

function refused(
  { body, status }: { readonly body: string; readonly status: number },
  role: RoleArn,
  env: Environment,
): Checked<never> {
  const code = readMember(body, "Code");
  const found = `IAM answered ${showValue(code ?? "nothing known")} (HTTP ${status}): ${showValue(readMember(body, "Message") ?? "")}`;
  if (code === "AccessDenied")
    return failed(found, `Allow iam:GetRole on ${role.text} to whoever runs this. ${BY_HAND}`);
  if (code === "NoSuchEntity")
    return failed(found, "Check the role's name, and that the credentials belong to its account.");
  if (EXPIRED.test(code ?? "")) return failed(found, `Get new credentials:\n${exportCommand(env)}`);
  return failed(found);
}

const EXPIRED = /^(?:ExpiredToken|InvalidClientTokenId|RequestExpired)/;
