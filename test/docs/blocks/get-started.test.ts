import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { AWS_PROGRAM, serveAwsProgram, standInAwsCli } from "../../fakes/aws-cli.ts";
import { askIam, createIamAccount, type IamAccount } from "../../fakes/iam-account.ts";
import { runScript } from "../../harness/run-script.ts";
import { applyDocument, onlyRole } from "../../unit/aws/identity-setup/read-back.ts";
import { type CodeBlock, type Page, readPages } from "../pages.ts";

/*
 * Each way to the first role, as its reader would take it: the commands of the page in their order, against the stand-in's
 * IAM. What only AWS can do with a document, the stand-ins of the documents' own tests do.
 */

const ACCOUNT_ID = "123456789012";
const pages = new Map(readPages().map((page) => [page.path, page]));

/** The blocks of code below a heading, to the next one of its level. */
function blocksBelow(path: string, heading: string): readonly CodeBlock[] {
  const page = pages.get(path) as Page;
  const [marks = ""] = /^#+/.exec(heading) ?? [];
  const begin = page.written.find(({ text }) => text === heading)?.number;
  if (begin === undefined) throw new Error(`${path} has no heading "${heading}"`);
  const next = page.written.find(
    ({ number, text }) => number > begin && new RegExp(`^#{1,${marks.length}} `).test(text),
  );
  return page.blocks.filter(({ line }) => line > begin && line < (next?.number ?? Number.POSITIVE_INFINITY));
}

function shellOf(blocks: readonly CodeBlock[]): readonly string[] {
  return blocks.filter(({ language }) => language === "sh").map(({ code }) => code);
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aws-oidc-start-"));
  writeFileSync(join(folder, "aws"), AWS_PROGRAM, { mode: 0o755 });
  symlinkSync(dirname(inject("bundle")), join(folder, "dist"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs commands as somebody pastes them into a shell, one block after the other. */
async function paste(blocks: readonly string[], account: IamAccount): Promise<string> {
  const cli = await serveAwsProgram(standInAwsCli((body) => askIam(account, body)));
  const child = spawn("bash", ["--norc", "-euo", "pipefail", "-c", blocks.join("\n")], {
    cwd: folder,
    env: {
      PATH: [folder, dirname(process.execPath), process.env.PATH ?? ""].join(delimiter),
      HOME: folder,
      ...cli.env,
    },
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const exitCode = await new Promise((resolve) => child.once("close", resolve));
  await cli.close();
  expect(exitCode, printed).toBe(0);
  return printed;
}

/** What the command makes for the project and branch of the pages. */
async function expectedPolicy(...flags: readonly string[]): Promise<unknown> {
  const scope = ["--account", ACCOUNT_ID, "--project", "acme/shop", "--branch", "main"];
  const { stdout } = await runScript({ argv: ["trust-policy", ...scope, ...flags] });
  return JSON.parse(stdout);
}

const NUMBERS = ["--project-id", "4711", "--namespace-id", "42"];

describe("the quick start of the README", () => {
  const blocks = blocksBelow("README.md", "## Quick start");

  it("makes the identity provider and a role for one branch, with a policy attached", async () => {
    const account = createIamAccount(ACCOUNT_ID);
    await paste(shellOf(blocks), account);
    expect([...account.providers.values()]).toEqual([
      { url: "https://gitlab.com", audiences: ["https://gitlab.com"] },
    ]);
    const role = account.roles.get("deploy");
    expect(JSON.parse(role?.trustPolicy ?? "")).toEqual(await expectedPolicy());
    expect(role?.policyArns).toEqual(["arn:aws:iam::aws:policy/ReadOnlyAccess"]);
  });

  it("uses that very role in its pipeline", () => {
    const yaml = blocks.filter(({ language }) => language === "yaml").map(({ code }) => code);
    expect(yaml.join("\n").match(/role-arn: .*/g)).toEqual([
      `role-arn: arn:aws:iam::${ACCOUNT_ID}:role/deploy`,
    ]);
  });
});

describe("Set up AWS", () => {
  const page = "docs/set-up-aws.md";

  it("with the AWS CLI makes the role, and leaves it as it is when run again", async () => {
    const account = createIamAccount(ACCOUNT_ID);
    const commands = shellOf(blocksBelow(page, "### With the AWS CLI"));
    expect((pages.get(page) as Page).written.map(({ text }) => text).join("\n")).toContain("`sh deploy.sh`");
    await paste([...commands, "sh deploy.sh", "sh deploy.sh"], account);
    expect(JSON.parse(account.roles.get("deploy")?.trustPolicy ?? "")).toEqual(
      await expectedPolicy(...NUMBERS),
    );
  });

  it("in the console shows the same policy to paste", async () => {
    const [command = ""] = shellOf(blocksBelow(page, "### In the console"));
    const printed = await paste([`(${command}) 2>/dev/null`], createIamAccount(ACCOUNT_ID));
    expect(JSON.parse(printed)).toEqual(await expectedPolicy(...NUMBERS));
  });

  it.each([
    ["With CloudFormation", "cloudformation", "deploy.json"],
    ["With Terraform", "terraform", "deploy.tf"],
  ] as const)("%s writes a document that makes the same role", async (heading, format, file) => {
    const commands = shellOf(blocksBelow(page, `### ${heading}`));
    const ours = commands.filter((code) => code.startsWith("node dist/aws-oidc.cjs"));
    const document = await paste([...ours, `cat ${file}`], createIamAccount(ACCOUNT_ID));
    const { policyText, name } = onlyRole(
      await applyDocument(
        document.slice(document.search(format === "terraform" ? /^\S+ "/m : /^\{/m)),
        format,
      ),
    );
    expect(name).toBe("deploy");
    expect(JSON.parse(policyText)).toEqual(await expectedPolicy(...NUMBERS));
  });
});
