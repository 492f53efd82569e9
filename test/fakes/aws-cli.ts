import { type AddressInfo, createServer, type Socket } from "node:net";
import type { AskIam } from "./iam-account.ts";

/**
 * The program `aws` of machines that lack the AWS CLI, or of tests that call it a hundred times: it hands its arguments to
 * {@link serveAwsProgram}, and does what comes back.
 */
export const AWS_PROGRAM = `#!/usr/bin/env bash
exec 3<>"/dev/tcp/127.0.0.1/$AWS_STAND_IN_PORT"
printf '%s\\0' "$#" "$@" >&3
IFS= read -r code <&3
IFS= read -r message <&3
[ -z "$message" ] || printf '\\n%s\\n' "$message" >&2
cat <&3
exit "$code"
`;

/** The options of each operation, as parameters of the API. */
const OPERATIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "sts get-caller-identity": {},
  "iam create-open-id-connect-provider": { url: "Url", "client-id-list": "ClientIDList" },
  "iam get-open-id-connect-provider": { "open-id-connect-provider-arn": "OpenIDConnectProviderArn" },
  "iam add-client-id-to-open-id-connect-provider": {
    "open-id-connect-provider-arn": "OpenIDConnectProviderArn",
    "client-id": "ClientID",
  },
  "iam create-role": {
    "role-name": "RoleName",
    description: "Description",
    "max-session-duration": "MaxSessionDuration",
    "permissions-boundary": "PermissionsBoundary",
    "assume-role-policy-document": "AssumeRolePolicyDocument",
  },
  "iam get-role": { "role-name": "RoleName" },
  "iam update-role": {
    "role-name": "RoleName",
    description: "Description",
    "max-session-duration": "MaxSessionDuration",
  },
  "iam update-assume-role-policy": { "role-name": "RoleName", "policy-document": "PolicyDocument" },
  "iam put-role-permissions-boundary": {
    "role-name": "RoleName",
    "permissions-boundary": "PermissionsBoundary",
  },
  "iam put-role-policy": {
    "role-name": "RoleName",
    "policy-name": "PolicyName",
    "policy-document": "PolicyDocument",
  },
  "iam attach-role-policy": { "role-name": "RoleName", "policy-arn": "PolicyArn" },
};

/** @see https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-returncodes.html */
const WRONG_USAGE = 252;
const REFUSED = 254;

/** The one such parameter that version 1 takes as it stands. */
const TAKES_URL = "url";

class Failure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** As version 1 does, it takes no address for the text of a parameter. */
function readOptions(words: readonly string[]): ReadonlyMap<string, string> {
  const pairs = words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1]] as const] : []));
  return new Map(
    pairs.map(([option, value]) => {
      const name = option.replace(/^--/, "");
      if (name === option || value === undefined) {
        throw new Failure(`Unknown options: ${option}`, WRONG_USAGE);
      }
      if (name !== TAKES_URL && /^https?:\/\//.test(value)) {
        throw new Failure(`Error parsing parameter '${option}': Unable to retrieve ${value}`, WRONG_USAGE);
      }
      return [name, value];
    }),
  );
}

/** One option as the fields of a request. */
function fieldsOf(
  option: string,
  value: string,
  known: Readonly<Record<string, string>>,
): [string, string][] {
  if (option === "query" || option === "output") return [];
  if (option === "cli-input-json") return Object.entries(JSON.parse(value));
  const parameter = known[option];
  if (parameter === undefined) throw new Failure(`Unknown options: --${option}`, WRONG_USAGE);
  if (!option.endsWith("-list")) return [[parameter, value]];
  const list: readonly string[] = value.startsWith("[") ? JSON.parse(value) : [value];
  return list.map((text, index) => [`${parameter}.member.${index + 1}`, text]);
}

function buildBody(command: string, options: ReadonlyMap<string, string>): string {
  const known = OPERATIONS[command];
  if (known === undefined) throw new Failure(`Invalid choice: ${command}`, WRONG_USAGE);
  const action = command
    .replace(/^\w+ /, "")
    .replaceAll(/(?:^|-)([a-z])/g, (_, start: string) => start.toUpperCase())
    .replace("OpenIdConnect", "OpenIDConnect")
    .replace("ClientId", "ClientID");
  const fields = [...options].flatMap(([option, value]) => fieldsOf(option, value, known));
  return String(new URLSearchParams([["Action", action], ...fields]));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The text of an element of an answer. */
function textOf(answer: string, element: string): string | undefined {
  const [, text] = new RegExp(`<${element}>([^<]*)</${element}>`).exec(answer) ?? [];
  return text?.replaceAll(/&(\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity);
}

function run([service = "", operation = "", ...words]: readonly string[], ask: AskIam): string {
  const options = readOptions(words);
  const { status, body } = ask(buildBody(`${service} ${operation}`, options));
  if (status !== 200) {
    throw new Failure(`An error occurred (${textOf(body, "Code")}): ${textOf(body, "Message")}`, REFUSED);
  }
  const query = options.get("query");
  if (query === undefined) return "";
  const text = textOf(body, query.replace(/^.*\./, ""));
  return `${options.get("output") === "text" ? (text ?? "None") : decodeURIComponent(text ?? "null")}\n`;
}

/** What a command of the AWS CLI comes to; of what it says on stderr, {@link AWS_PROGRAM} makes one line. */
export interface AwsCommandRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command, given as its words. */
export type RunAwsCommand = (words: readonly string[]) => AwsCommandRun | Promise<AwsCommandRun>;

/** The stand-in for the AWS CLI: the operations of `aws iam` and `aws sts` that our scripts call, asked of an account. */
export function standInAwsCli(ask: AskIam): RunAwsCommand {
  return (words) => {
    try {
      return { exitCode: 0, stdout: run(words, ask), stderr: "" };
    } catch (error) {
      if (error instanceof Failure) return { exitCode: error.exitCode, stdout: "", stderr: error.message };
      throw error;
    }
  };
}

/** Reads the number of words, then that many, each ended by NUL. */
function serve(socket: Socket, runCommand: RunAwsCommand): void {
  let text = "";
  socket.setEncoding("utf8").on("data", async (part: string) => {
    text += part;
    const [count, ...words] = text.split("\0");
    if (words.length <= Number(count)) return;
    const { exitCode, stdout, stderr } = await runCommand(words.slice(0, -1));
    socket.end(`${exitCode}\n${stderr.trim().replaceAll(/\s+/g, " ")}\n${stdout}`);
  });
}

export interface AwsProgramServer {
  /** The variables that {@link AWS_PROGRAM} needs. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts what {@link AWS_PROGRAM} asks to run its commands. */
export async function serveAwsProgram(runCommand: RunAwsCommand): Promise<AwsProgramServer> {
  const server = createServer((socket) => serve(socket, runCommand));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    env: { AWS_STAND_IN_PORT: String(port) },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
