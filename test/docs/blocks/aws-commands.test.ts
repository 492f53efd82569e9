import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Listener, startListener } from "../../../stand-ins/http-listener.ts";
import { type AwsCli, startRealAwsCli } from "../../harness/aws-cli.ts";
import { findExecutable } from "../../harness/shells.ts";
import { readPages } from "../pages.ts";

/** What a reader writes in the place of these. An audience may be an address. */
const EXAMPLES: Readonly<Record<string, string>> = {
  account: "123456789012",
  audience: "https://gitlab.example.com",
  host: "gitlab.example.com",
  region: "eu-central-1",
  registryAccount: "123456789012",
  seconds: "3600",
  thumbprint: "0123456789abcdef0123456789abcdef01234567",
  id: "AKIAIOSFODNN7EXAMPLE",
};

/** What the shell has set where a page uses it. */
const VARIABLES = {
  bucket: "acme-gitlab-oidc",
  environment: "review",
  CI_ENVIRONMENT_SLUG: "review",
  ECR: "registry",
};

/** The commands of a block, without what else stands in the line. */
function commandsOf(code: string): readonly string[] {
  // A command goes on in the next line behind a backslash, and within quotes.
  const lines = code.replaceAll(/ \\\n */g, " ").match(/(?:'[^']*'|[^'\n])+/g) ?? [];
  return lines.flatMap((line) => {
    const [, command] = /^ *(?:- )?(?:script: )?(?:[\w]+=\$\()?(aws [a-z].*)$/s.exec(line) ?? [];
    return command === undefined ? [] : [command.replace(/ (?:\||>|&&) .*$| {2,}#.*$|\)$/, "")];
  });
}

/** Takes a command apart, as a shell does. */
function wordsOf(command: string): readonly string[] {
  const filled = command.replaceAll(/<(\w[\w ]*)>/g, (_, name: string) => EXAMPLES[name] ?? "example");
  const { stdout, stderr } = spawnSync("sh", ["-c", `printf '%s\\0' ${filled}`], {
    encoding: "utf8",
    env: VARIABLES,
  });
  if (stderr !== "") throw new Error(`${command}: ${stderr}`);
  return stdout.split("\0").slice(1, -1);
}

const found = readPages().flatMap(({ path, blocks }) =>
  blocks.flatMap(({ line, code, isOnlyShown }) =>
    commandsOf(code).map((command) => ({ where: `${path}:${line}`, command, isOnlyShown })),
  ),
);

const commands = [...new Map(found.map((one) => [one.command, one])).values()].map((one) => ({
  ...one,
  words: wordsOf(one.command),
}));

/** Version 1 of the AWS CLI takes these as they stand, and fetches every other parameter that is an address. */
const TAKES_ADDRESS = ["--url", "--endpoint-url"];

it("no command of a page has an address for a parameter, which version 1 of the AWS CLI would fetch", () => {
  expect(commands.length).toBeGreaterThan(25);
  const fetched = commands.flatMap(({ where, words }) =>
    words.flatMap((word, index) =>
      /^https?:\/\//.test(word) && !TAKES_ADDRESS.includes(words[index - 1] ?? "")
        ? [`${where}: ${word}`]
        : [],
    ),
  );
  expect(fetched).toEqual([]);
});

it("would be found, had a command one", () => {
  const [command = ""] = commandsOf(
    "aws iam add-client-id-to-open-id-connect-provider --client-id <audience>\n",
  );
  expect(wordsOf(command)).toContain("https://gitlab.example.com");
});

const CLI = findExecutable("aws") === undefined ? [] : ["the AWS CLI"];
if (CLI.length === 0) console.warn("Not on this machine, so not tried: the AWS CLI");

const isOption = (word: string): boolean => word.startsWith("--");

/** Whether a command is of the same operation as another, and has all its options. */
function covers(words: readonly string[], others: readonly string[]): boolean {
  return [...others.slice(0, 2), ...others.filter(isOption)].every((word) => words.includes(word));
}

/** Those that are run: of commands that differ in values only, one, and none whose options another one has too. */
const tried = commands
  .filter(({ isOnlyShown }) => !isOnlyShown)
  .toSorted((one, other) => other.words.filter(isOption).length - one.words.filter(isOption).length)
  .filter(({ words }, index, all) => !all.slice(0, index).some((earlier) => covers(earlier.words, words)));

describe.each(CLI)("%s sends a request for", () => {
  let folder: string;
  let server: Listener;
  let cli: AwsCli;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "aws-oidc-cli-"));
    server = await startListener({
      handle: async (request, response) => {
        request.resume();
        response.writeHead(403, { "content-type": "text/xml" }).end(DENIED);
      },
    });
    cli = await startRealAwsCli({
      folder,
      env: {
        AWS_ENDPOINT_URL: server.origin,
        AWS_DEFAULT_REGION: "eu-central-1",
        AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
        AWS_SECRET_ACCESS_KEY: "example",
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_MAX_ATTEMPTS: "1",
      },
    });
  });
  afterAll(async () => {
    await cli.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const DENIED =
    "<ErrorResponse><Error><Code>AccessDenied</Code><Message>No</Message></Error></ErrorResponse>";

  /** The files that a command names, as if the reader had made them. */
  function makeFiles(words: readonly string[]): void {
    const names = words
      .map((word) => word.replace("file://", ""))
      .filter((word) => /^[\w./-]+\.(?:json|yaml)$/.test(word));
    for (const name of [...names, "public/index.html"]) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), "{}");
    }
  }

  it.each(tried)("$command", async ({ words }) => {
    makeFiles(words);
    const { stderr } = await cli.run(words);
    expect(stderr).toMatch(/AccessDenied|403|Forbidden/);
  });
});
