import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SetupFormat } from "../../../../src/aws/identity-setup/render.ts";
import { parseTrustPolicy } from "../../../../src/aws/trust-policy/model/parse.ts";
import type { TrustPolicy } from "../../../../src/aws/trust-policy/model/policy.ts";
import { type HclBody, parseHcl } from "../../../harness/hcl.ts";

/** The account that documents are applied to. */
export const ACCOUNT = { partition: "aws", accountId: "123456789012" } as const;

/** A role that a document made. */
export interface AppliedRole {
  readonly policy: TrustPolicy;
  /** The same as text, as AWS would get it. */
  readonly policyText: string;
  /** Absent where the document is the trust policy of one role and nothing else; the rest then is, too. */
  readonly name?: string;
  readonly maxSessionSeconds?: number;
  readonly policyArns?: readonly string[];
  readonly boundary?: string | undefined;
  /** What its own sessions may do, by policies within it. */
  readonly inlinePolicies?: readonly unknown[];
}

/** A document once it is applied. */
export interface Applied {
  readonly providers: readonly { readonly url: string; readonly audiences: readonly string[] }[];
  readonly roles: readonly AppliedRole[];
}

type Json = Readonly<Record<string, unknown>>;

function readPolicy(document: unknown): AppliedRole {
  const policyText = typeof document === "string" ? document : JSON.stringify(document);
  const parsed = parseTrustPolicy(policyText);
  if (parsed.kind === "policy") return { policy: parsed.policy, policyText };
  throw new Error(`no trust policy: ${JSON.stringify(parsed.problems)}`);
}

const arnOfProvider = (url: string) =>
  `arn:aws:iam::${ACCOUNT.accountId}:oidc-provider/${url.replace("https://", "")}`;

const arnOfRole = (name: string) => `arn:aws:iam::${ACCOUNT.accountId}:role/${name}`;

/** Resolves the functions and pseudo parameters that the templates use, as CloudFormation does. */
function resolveCloudFormation(value: unknown, resources: Json): unknown {
  if (Array.isArray(value)) return value.map((element) => resolveCloudFormation(element, resources));
  if (typeof value !== "object" || value === null) return value;
  const { "Fn::GetAtt": attribute, "Fn::Sub": text } = value as Json;
  if (Array.isArray(attribute)) {
    const { Properties } = resources[String(attribute[0])] as { Properties: Json };
    return arnOfProvider(String(Properties.Url));
  }
  if (typeof text === "string") {
    return text
      .replaceAll("$" + "{AWS::Partition}", ACCOUNT.partition)
      .replaceAll("$" + "{AWS::AccountId}", ACCOUNT.accountId);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, resolveCloudFormation(member, resources)]),
  );
}

interface CloudFormationResource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: as the template has it
  readonly Properties: Readonly<Record<string, any>>;
}

function applyCloudFormation(document: string): Applied {
  const { Resources } = JSON.parse(document);
  const resolved = resolveCloudFormation(Resources, Resources) as Record<string, CloudFormationResource>;
  const ofType = (type: string) =>
    Object.values(resolved).flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));
  return {
    providers: ofType("AWS::IAM::OIDCProvider").map(({ Url, ClientIdList }) => ({
      url: Url,
      audiences: ClientIdList,
    })),
    roles: ofType("AWS::IAM::Role").map((role) => ({
      ...readPolicy(role.AssumeRolePolicyDocument),
      name: role.RoleName,
      maxSessionSeconds: role.MaxSessionDuration,
      policyArns: role.ManagedPolicyArns ?? [],
      boundary: role.PermissionsBoundary,
      inlinePolicies: (role.Policies ?? []).map(({ PolicyDocument }: Json) => PolicyDocument),
    })),
  };
}

/** Evaluates an expression that the parser left as text, by letting it parse the expression as a local value. */
async function evaluateHcl(expression: string): Promise<unknown> {
  const { locals } = await parseHcl("expression.tf", `locals {\n  value = ${expression}\n}\n`);
  return locals?.[0]?.value;
}

/** What stands between the parentheses of `${name(…)}`. */
function argumentOf(text: string, name: string): string {
  const [, argument] = text.match(new RegExp(`^\\$\\{${name}\\(([\\s\\S]*)\\)\\}$`)) ?? [];
  if (argument === undefined) throw new Error(`no ${name}() in ${text}`);
  return argument;
}

/** Replaces references, then takes back what HCL wants doubled. */
function resolveHcl(value: unknown, references: ReadonlyMap<string, string>): unknown {
  if (value === undefined) return undefined;
  return JSON.parse(JSON.stringify(value), (_, member) => {
    if (typeof member !== "string") return member;
    const known = [...references].filter(([reference]) => member.includes(reference));
    if (known.length > 0) return known.reduce((text, reference) => text.replace(...reference), member);
    if (/(?<!\$)\$\{|(?<!%)%\{/.test(member)) throw new Error(`unknown reference in ${member}`);
    return member.replaceAll("$" + "${", "$" + "{").replaceAll("%%{", "%{");
  });
}

/** A role may be called `constructor`. */
function blocksOf(
  blocks: Readonly<Record<string, readonly HclBody[]>> = {},
  label: string,
): readonly HclBody[] {
  return Object.hasOwn(blocks, label) ? (blocks[label] ?? []) : [];
}

async function applyTerraform(document: string): Promise<Applied> {
  const { resource = {}, data = {} } = await parseHcl("document.tf", document);
  const [made] = resource.aws_iam_openid_connect_provider?.gitlab ?? [];
  const [found] = data.aws_iam_openid_connect_provider?.gitlab ?? [];
  const url = String((made ?? found)?.url);
  const reference = `${made === undefined ? "data." : ""}aws_iam_openid_connect_provider.gitlab.arn`;
  const labels = Object.keys(resource.aws_iam_role ?? {});
  const nameOf = (label: string) => String(resource.aws_iam_role?.[label]?.[0]?.name);
  const lookUps = [
    ["aws_partition", "partition", ACCOUNT.partition],
    ["aws_caller_identity", "account_id", ACCOUNT.accountId],
  ] as const;
  const references = new Map([
    [`\${${reference}}`, arnOfProvider(url)],
    ...lookUps
      .filter(([source]) => data[source] !== undefined)
      .map(([source, name, value]) => [`\${data.${source}.current.${name}}`, value] as const),
    ...labels.map((label) => [`\${aws_iam_role.${label}.arn}`, arnOfRole(nameOf(label))] as const),
  ]);
  const evaluate = async (value: unknown, name: string) =>
    resolveHcl(await evaluateHcl(argumentOf(String(value), name)), references);
  const applyRole = async (label: string): Promise<AppliedRole> => {
    const [role] = blocksOf(resource.aws_iam_role, label);
    const [attachment] = blocksOf(resource.aws_iam_role_policy_attachment, label);
    const inline = blocksOf(resource.aws_iam_role_policy, label);
    return {
      ...readPolicy(await evaluate(role?.assume_role_policy, "jsonencode")),
      name: String(role?.name),
      maxSessionSeconds: Number(role?.max_session_duration),
      policyArns: attachment ? ((await evaluate(attachment.for_each, "toset")) as readonly string[]) : [],
      boundary: resolveHcl(role?.permissions_boundary, references) as string | undefined,
      inlinePolicies: await Promise.all(inline.map(({ policy }) => evaluate(policy, "jsonencode"))),
    };
  };
  return {
    providers: made === undefined ? [] : [{ url, audiences: made.client_id_list as readonly string[] }],
    roles: await Promise.all(labels.map(applyRole)),
  };
}

/** Stands in for the AWS CLI where nothing exists yet: writes down what it is to do, arguments ended by NUL and calls by two. */
const FAKE_AWS = `#!/bin/sh
case "$1 $2" in
  "sts get-caller-identity") echo "$FAKE_ACCOUNT"; exit ;;
  "iam get-"*) exit 254 ;;
esac
for argument; do printf '%s\\0' "$argument" >> "$FAKE_LOG"; done
printf '\\0' >> "$FAKE_LOG"
`;

/** Runs the script in a real shell, and tells the `aws iam` calls with their options. */
export function runCommands(
  script: string,
  accountId: string = ACCOUNT.accountId,
): {
  readonly exitCode: number | null;
  readonly stderr: string;
  readonly calls: readonly { readonly name: string; readonly options: Readonly<Record<string, string>> }[];
} {
  const folder = mkdtempSync(join(tmpdir(), "commands-"));
  try {
    const log = join(folder, "log");
    writeFileSync(join(folder, "aws"), FAKE_AWS, { mode: 0o755 });
    writeFileSync(log, "");
    const env = { PATH: `${folder}:${process.env.PATH}`, FAKE_LOG: log, FAKE_ACCOUNT: accountId };
    const { status, stderr } = spawnSync("sh", ["-c", script], { env, encoding: "utf8", cwd: folder });
    const calls = readFileSync(log, "utf8").split("\0\0").slice(0, -1);
    return {
      exitCode: status,
      stderr,
      calls: calls.map((call) => {
        const [, name = "", ...words] = call.split("\0");
        const options = words.flatMap((word, at) =>
          at % 2 === 0 ? [[word.replace("--", ""), words[at + 1] ?? ""]] : [],
        );
        return { name, options: Object.fromEntries(options) };
      }),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function applyCommands(document: string): Applied {
  const { exitCode, stderr, calls } = runCommands(document);
  if (exitCode !== 0) throw new Error(`the script failed: ${stderr}`);
  const named = (name: string) => calls.filter((call) => call.name === name).map(({ options }) => options);
  const ofRole = (name: string, role: string) =>
    named(name).filter((options) => options["role-name"] === role);
  return {
    providers: named("create-open-id-connect-provider").map((options) => ({
      url: options.url ?? "",
      audiences: JSON.parse(options["client-id-list"] ?? ""),
    })),
    roles: named("create-role").map((role) => {
      const name = role["role-name"] ?? "";
      return {
        ...readPolicy(role["assume-role-policy-document"]),
        name,
        maxSessionSeconds: Number(role["max-session-duration"]),
        policyArns: ofRole("attach-role-policy", name).map((options) => options["policy-arn"] ?? ""),
        boundary: role["permissions-boundary"],
        inlinePolicies: ofRole("put-role-policy", name).map((options) =>
          JSON.parse(options["policy-document"] ?? ""),
        ),
      };
    }),
  };
}

function applyPolicies(document: string): Applied {
  const parsed = JSON.parse(document);
  if (Array.isArray(parsed.Statement)) return { providers: [], roles: [readPolicy(document)] };
  const roles = Object.entries(parsed).map(([name, policy]) => ({ ...readPolicy(policy), name }));
  return { providers: [], roles };
}

/** The only role of a document. */
export function onlyRole({ roles }: Applied): AppliedRole {
  const [role, ...others] = roles;
  if (role === undefined || others.length > 0) throw new Error(`${roles.length} roles`);
  return role;
}

/** Applies a document, with tools that know its language. */
export async function applyDocument(document: string, format: SetupFormat["name"]): Promise<Applied> {
  switch (format) {
    case "json":
      return applyPolicies(document);
    case "cloudformation":
      return applyCloudFormation(document);
    case "terraform":
      return applyTerraform(document);
    case "cli":
      return applyCommands(document);
  }
}
