import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SetupFormat } from "../../../../src/aws/identity-setup/render.ts";
import { parseTrustPolicy } from "../../../../src/aws/trust-policy/model/parse.ts";
import type { TrustPolicy } from "../../../../src/aws/trust-policy/model/policy.ts";
import { parseHcl } from "../../../harness/hcl.ts";

/** The account that documents are applied to. */
export const ACCOUNT = { partition: "aws", accountId: "123456789012" } as const;

/** A document once it is applied: the trust policy of the role, and what else it made. */
export interface Applied {
  readonly policy: TrustPolicy;
  /** The same as text, as AWS would get it. */
  readonly policyText: string;
  readonly providers: readonly { readonly url: string; readonly audiences: readonly string[] }[];
  readonly role?: {
    readonly name: string;
    readonly maxSessionSeconds: number;
    readonly policyArns: readonly string[];
  };
}

type Json = Readonly<Record<string, unknown>>;

function readPolicy(document: unknown): Pick<Applied, "policy" | "policyText"> {
  const policyText = typeof document === "string" ? document : JSON.stringify(document);
  const parsed = parseTrustPolicy(policyText);
  if (parsed.kind === "policy") return { policy: parsed.policy, policyText };
  throw new Error(`no trust policy: ${JSON.stringify(parsed.problems)}`);
}

const arnOfProvider = (url: string) =>
  `arn:aws:iam::${ACCOUNT.accountId}:oidc-provider/${url.replace("https://", "")}`;

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

function applyCloudFormation(document: string): Applied {
  const { Resources } = JSON.parse(document);
  const { Properties } = Resources.Role;
  return {
    ...readPolicy(resolveCloudFormation(Properties.AssumeRolePolicyDocument, Resources)),
    providers:
      Resources.GitLabProvider === undefined
        ? []
        : [
            {
              url: Resources.GitLabProvider.Properties.Url,
              audiences: Resources.GitLabProvider.Properties.ClientIdList,
            },
          ],
    role: {
      name: Properties.RoleName,
      maxSessionSeconds: Properties.MaxSessionDuration,
      policyArns: resolveCloudFormation(Properties.ManagedPolicyArns ?? [], Resources) as readonly string[],
    },
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
  return JSON.parse(JSON.stringify(value), (_, member) => {
    if (typeof member !== "string") return member;
    const known = [...references].find(([reference]) => member.includes(reference));
    if (known !== undefined) return member.replace(...known);
    if (/(?<!\$)\$\{|(?<!%)%\{/.test(member)) throw new Error(`unknown reference in ${member}`);
    return member.replaceAll("$" + "${", "$" + "{").replaceAll("%%{", "%{");
  });
}

async function applyTerraform(document: string): Promise<Applied> {
  const { resource = {}, data = {} } = await parseHcl("document.tf", document);
  const [made] = resource.aws_iam_openid_connect_provider?.gitlab ?? [];
  const [found] = data.aws_iam_openid_connect_provider?.gitlab ?? [];
  const url = String((made ?? found)?.url);
  const reference = `${made === undefined ? "data." : ""}aws_iam_openid_connect_provider.gitlab.arn`;
  const references = new Map([
    [`\${${reference}}`, arnOfProvider(url)],
    ["$" + "{data.aws_partition.current.partition}", ACCOUNT.partition],
  ]);
  const [[label, [role]] = ["", []]] = Object.entries(resource.aws_iam_role ?? {});
  const policy = await evaluateHcl(argumentOf(String(role?.assume_role_policy), "jsonencode"));
  const [attachment] = resource.aws_iam_role_policy_attachment?.[label] ?? [];
  const policyArns = attachment ? await evaluateHcl(argumentOf(String(attachment.for_each), "toset")) : [];
  return {
    ...readPolicy(resolveHcl(policy, references)),
    providers: made === undefined ? [] : [{ url, audiences: made.client_id_list as readonly string[] }],
    role: {
      name: String(role?.name),
      maxSessionSeconds: Number(role?.max_session_duration),
      policyArns: resolveHcl(policyArns, references) as readonly string[],
    },
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
  const [role = {}] = named("create-role");
  return {
    ...readPolicy(role["assume-role-policy-document"]),
    providers: named("create-open-id-connect-provider").map((options) => ({
      url: options.url ?? "",
      audiences: JSON.parse(options["client-id-list"] ?? ""),
    })),
    role: {
      name: role["role-name"] ?? "",
      maxSessionSeconds: Number(role["max-session-duration"]),
      policyArns: named("attach-role-policy").map((options) => options["policy-arn"] ?? ""),
    },
  };
}

/** Applies a document, with tools that know its language. */
export async function applyDocument(document: string, format: SetupFormat["name"]): Promise<Applied> {
  switch (format) {
    case "json":
      return { ...readPolicy(document), providers: [] };
    case "cloudformation":
      return applyCloudFormation(document);
    case "terraform":
      return applyTerraform(document);
    case "cli":
      return applyCommands(document);
  }
}
