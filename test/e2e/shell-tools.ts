import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { dirname, join } from "node:path";
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  type Credentials,
  GetCallerIdentityCommand,
  STSClient,
} from "@aws-sdk/client-sts";

/** Variables that say to the AWS CLI who it is. */
const NAMES = [
  "HOME",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_PROFILE",
  "AWS_ROLE_ARN",
  "AWS_ROLE_SESSION_NAME",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONFIG_FILE",
];

/**
 * A program that hands its folder, variables, input and arguments to this process, and prints what comes back. One that has
 * a file for its last argument reads that.
 */
const PROGRAM = `#!/usr/bin/env bash
exec 3<>"/dev/tcp/127.0.0.1/$SHELL_TOOLS_PORT"
input=""
[ "\${0##*/}" = aws ] || [ -f "\${!#}" ] || input="$(cat)"
printf '%s\\0' "$#" "\${0##*/}" "$PWD" ${NAMES.map((name) => `"\${${name}-}"`).join(" ")} "$input" "$@" >&3
IFS= read -r code <&3
if [ "$code" = 0 ]; then cat <&3; else cat <&3 >&2; fi
exit "$code"
`;

interface Call {
  readonly tool: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input: string;
  readonly argv: readonly string[];
}

/** Programs that recipes call and that not every machine has, made of what the recipes ask of them. */
export interface ShellTools {
  readonly programs: Readonly<Record<string, string>>;
  readonly port: number;
  close(): Promise<void>;
}

/** Starts the stand-ins for `aws`, `jq` and `python3`; those of AWS ask the STS of an address. */
export async function startShellTools(stsUrl: string): Promise<ShellTools> {
  const server = createServer((socket) => serve(socket, stsUrl));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    programs: { aws: PROGRAM, jq: PROGRAM, python3: PROGRAM },
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function serve(socket: Socket, stsUrl: string): void {
  let text = "";
  socket.on("error", () => socket.destroy());
  socket.setEncoding("utf8").on("data", (part: string) => {
    text += part;
    const [count = "", tool = "", folder = "", ...rest] = text.split("\0");
    const [values, input, argv] = [
      rest.slice(0, NAMES.length),
      rest[NAMES.length],
      rest.slice(NAMES.length + 1, -1),
    ];
    if (input === undefined || argv.length < Number(count) || !text.endsWith("\0")) return;
    const env = Object.fromEntries(NAMES.map((name, index) => [name, values[index] ?? ""]));
    run({ tool, folder, env, input, argv }, stsUrl).then(
      (answer) => socket.end(`0\n${answer}`),
      (error: unknown) => socket.end(`254\n${error instanceof Error ? error.message : String(error)}\n`),
    );
  });
}

async function run(call: Call, stsUrl: string): Promise<string> {
  if (call.tool === "jq")
    return `${pick(call.argv.at(-1)?.endsWith(".json") ? call.argv.at(-2) : call.argv.at(-1), readJson(call))}\n`;
  if (call.tool === "python3") {
    const keys = [...(call.argv.at(-1) ?? "").matchAll(/\['(\w+)'\]/g)].map(([, key]) => key);
    return `${pick(`.${keys.join(".")}`, JSON.parse(call.input))}\n`;
  }
  const [service, operation] = call.argv;
  if (service === "configure") return configure(call, stsUrl);
  if (service === "sts") return print(await callSts(operation ?? "", call, stsUrl), options(call.argv));
  throw new Error(`not known here: aws ${call.argv.join(" ")}`);
}

function readJson({ argv, folder, input }: Call): unknown {
  const file = argv.at(-1);
  return JSON.parse(file?.endsWith(".json") ? readFileSync(join(folder, file), "utf8") : input);
}

/** `.a.b`, and a text with such paths in it. */
function pick(filter = "", value: unknown): string {
  const [base = "", text] = filter.split(" | ");
  const found = base
    .split(".")
    .filter(Boolean)
    .reduce<unknown>((each, key) => (each as Record<string, unknown>)[key], value);
  if (text === undefined) return String(found);
  return JSON.parse(text.replaceAll(/\\\(([^)]*)\)/g, (_, path: string) => pick(path, found)));
}

function options(argv: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  argv.forEach((word, index) => {
    const [, name, inline] = /^--([\w-]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (name !== undefined) found.set(name, inline ?? argv[index + 1] ?? "");
  });
  return found;
}

async function callSts(operation: string, call: Call, stsUrl: string): Promise<unknown> {
  const given = options(call.argv);
  const required = { RoleArn: given.get("role-arn"), RoleSessionName: given.get("role-session-name") };
  const seconds = given.has("duration-seconds")
    ? { DurationSeconds: Number(given.get("duration-seconds")) }
    : {};
  switch (operation) {
    case "assume-role-with-web-identity": {
      const token = given.get("web-identity-token") ?? "";
      const WebIdentityToken = token.startsWith("file://")
        ? readFileSync(join(call.folder, token.slice(7)), "utf8").trim()
        : token;
      return client(stsUrl).send(
        new AssumeRoleWithWebIdentityCommand({ ...required, ...seconds, WebIdentityToken }),
      );
    }
    case "assume-role": {
      const external = given.has("external-id") ? { ExternalId: given.get("external-id") } : {};
      const credentials = await findCredentials(call, stsUrl);
      return client(stsUrl, credentials).send(
        new AssumeRoleCommand({ ...required, ...seconds, ...external }),
      );
    }
    case "get-caller-identity":
      return client(stsUrl, await findCredentials(call, stsUrl)).send(new GetCallerIdentityCommand());
    default:
      throw new Error(`not known here: aws sts ${operation}`);
  }
}

function client(endpoint: string, found?: Credentials): STSClient {
  const {
    AccessKeyId: accessKeyId = "-",
    SecretAccessKey: secretAccessKey = "-",
    SessionToken: sessionToken,
  } = found ?? {};
  const credentials =
    sessionToken === undefined
      ? { accessKeyId, secretAccessKey }
      : { accessKeyId, secretAccessKey, sessionToken };
  return new STSClient({ endpoint, region: "eu-central-1", maxAttempts: 1, credentials });
}

/** Variables, then a profile, then a token file, as the AWS CLI looks for them. */
async function findCredentials({ env, argv, folder }: Call, stsUrl: string): Promise<Credentials> {
  const asked = options(argv).get("profile") ?? (env.AWS_PROFILE || undefined);
  if (asked === undefined && env.AWS_ACCESS_KEY_ID)
    return {
      AccessKeyId: env.AWS_ACCESS_KEY_ID,
      SecretAccessKey: env.AWS_SECRET_ACCESS_KEY,
      SessionToken: env.AWS_SESSION_TOKEN,
      Expiration: undefined,
    };
  const profile = readProfiles(env).get(asked ?? "default");
  if (profile?.aws_access_key_id !== undefined)
    return {
      AccessKeyId: profile.aws_access_key_id,
      SecretAccessKey: profile.aws_secret_access_key,
      SessionToken: profile.aws_session_token,
      Expiration: undefined,
    };
  const file = profile?.web_identity_token_file ?? env.AWS_WEB_IDENTITY_TOKEN_FILE;
  if (!file) throw new Error(`Unable to locate credentials (profile ${asked})`);
  const answer = await client(stsUrl).send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: profile?.role_arn ?? env.AWS_ROLE_ARN,
      RoleSessionName: profile?.role_session_name ?? (env.AWS_ROLE_SESSION_NAME || "botocore-session-1"),
      WebIdentityToken: readFileSync(join(file.startsWith("/") ? "" : folder, file), "utf8").trim(),
    }),
  );
  return chain(profile?.chained, answer.Credentials as Credentials, stsUrl);
}

async function chain(second: Profile | undefined, first: Credentials, stsUrl: string): Promise<Credentials> {
  if (second === undefined) return first;
  const answer = await client(stsUrl, first).send(
    new AssumeRoleCommand({
      RoleArn: second.role_arn,
      RoleSessionName: second.role_session_name,
      ExternalId: second.external_id,
    }),
  );
  return answer.Credentials as Credentials;
}

interface Profile {
  readonly [key: string]: string | undefined;
}

/** A profile with a `source_profile` is that profile, and the role that is assumed from it. */
function readProfiles(env: Call["env"]): ReadonlyMap<string, Profile & { readonly chained?: Profile }> {
  const plain = readConfig(configFile(env));
  return new Map(
    [...plain].map(([name, keys]) => {
      const source = plain.get(keys.source_profile ?? "");
      return [name, source === undefined ? keys : { ...source, chained: keys }] as const;
    }),
  ) as ReadonlyMap<string, Profile & { readonly chained?: Profile }>;
}

function configFile(env: Call["env"]): string {
  return env.AWS_CONFIG_FILE || join(env.HOME ?? "", ".aws/config");
}

function readConfig(path: string): ReadonlyMap<string, Record<string, string>> {
  const profiles = new Map<string, Record<string, string>>();
  let current: Record<string, string> = {};
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return profiles;
  }
  for (const line of text.split("\n")) {
    const [, name] = /^\s*\[(?:profile )?(.*)\]/.exec(line) ?? [];
    const [, key, value = ""] = /^\s*(\w+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      current = {};
      profiles.set(name, current);
    } else if (key !== undefined) current[key] = value.trim();
  }
  return profiles;
}

/** `aws configure set` keeps everything in one file, and `export-credentials` prints what a shell reads. */
async function configure(call: Call, stsUrl: string): Promise<string> {
  const [, action, key = "", value = ""] = call.argv;
  if (action === "export-credentials") {
    const { AccessKeyId, SecretAccessKey, SessionToken } = await findCredentials(call, stsUrl);
    return `export AWS_ACCESS_KEY_ID=${AccessKeyId}\nexport AWS_SECRET_ACCESS_KEY=${SecretAccessKey}\nexport AWS_SESSION_TOKEN=${SessionToken}\n`;
  }
  if (action !== "set") throw new Error(`not known here: aws configure ${action}`);
  const path = configFile(call.env);
  const profiles = new Map(readConfig(path));
  const name = options(call.argv).get("profile") ?? "default";
  profiles.set(name, { ...profiles.get(name), [key]: value });
  const sections = [...profiles].map(
    ([each, keys]) =>
      `[${each === "default" ? each : `profile ${each}`}]\n${Object.entries(keys)
        .map((pair) => `${pair.join(" = ")}\n`)
        .join("")}`,
  );
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, sections.join("\n"));
  return "";
}

/** The answer as text or JSON, by the few queries that recipes have. */
function print(answer: unknown, given: ReadonlyMap<string, string>): string {
  const { $metadata: _, ...all } = answer as Record<string, unknown>;
  const query = given.get("query");
  const [, base, list] = /^([\w.]*?)\.?(?:\[([\w,.]+)\])?$/.exec(query ?? "") ?? [];
  const found = pickValue(base ?? "", all);
  const value = list === undefined ? found : list.split(",").map((key) => pickValue(key, found));
  if (given.get("output") === "text") return `${Array.isArray(value) ? value.join("\t") : String(value)}\n`;
  return `${JSON.stringify(value)}\n`;
}

function pickValue(path: string, value: unknown): unknown {
  return path
    .split(".")
    .filter(Boolean)
    .reduce<unknown>((each, key) => (each as Record<string, unknown>)[key], value);
}
