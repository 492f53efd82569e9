import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CATALOGUE, DOCUMENTED_ENTRIES } from "../../../../src/aws/error-catalogue/catalogue.ts";
import { GITLAB_ENTRIES } from "../../../../src/aws/error-catalogue/pasted/gitlab-entries.ts";
import { JOB_SCRIPT_ENTRIES } from "../../../../src/aws/error-catalogue/pasted/job-script-entries.ts";
import { PROGRAM_ENTRIES } from "../../../../src/aws/error-catalogue/pasted/program-entries.ts";
import { runCli } from "../../../../src/cli.ts";
import { explainErrorText } from "../../../../src/commands/doctor/explain.ts";
import { anyText } from "../../../harness/any-text.ts";
import { startCpuTime } from "../../../harness/cpu-time.ts";
import { createMemoryHost } from "../../../harness/memory-host.ts";
import { encodeJwt } from "../../../harness/unsigned-jwt.ts";

const root = join(import.meta.dirname, "../../../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

interface Vector {
  readonly text: string;
  readonly id: string;
  readonly says?: readonly string[];
  readonly never?: readonly string[];
  /** A public page that shows the text. */
  readonly source?: string;
}

const VECTORS: readonly Vector[] = JSON.parse(read("test/vectors/explain.json"));

/** All that are known, except for names that stand alone. */
const SENTENCES = VECTORS.filter(
  ({ id, text }) => id !== "unknown" && text.includes(" ") && !text.startsWith("error "),
);

const noNetwork = (): never => {
  throw new Error("an explanation asks nobody");
};

async function explain(text: string, flags: readonly string[] = []) {
  const host = createMemoryHost({ env: { NO_COLOR: "1" }, files: {} });
  const exitCode = await runCli(["doctor", "--explain", text, ...flags], host, {
    connectSts: noNetwork,
    fetchPage: noNetwork,
    findWay: noNetwork,
  });
  return { exitCode, stdout: host.stdout(), stderr: host.stderr() };
}

function idIn(stdout: string): string | undefined {
  return /^ {2}error +(\S+)$/m.exec(stdout)?.[1];
}

/** Every JSON object that a text holds, from its brace to the one that closes it. */
function jsonIn(text: string): readonly string[] {
  return [...text.matchAll(/\{"/g)].map(({ index }) => {
    let depth = 0;
    for (let at = index; at < text.length; at += 1) {
      if (text[at] === "{") depth += 1;
      if (text[at] === "}") depth -= 1;
      if (depth === 0) return text.slice(index, at + 1);
    }
    return text.slice(index);
  });
}

describe("a text that people paste", () => {
  it.each(VECTORS)("is explained by $id: $text", async ({ text, id, says = [], never = [] }) => {
    const { stdout, stderr, exitCode } = await explain(text);
    expect(stderr).toBe("");
    expect(idIn(stdout)).toBe(id);
    expect(exitCode).toBe(id === "unknown" ? 1 : 0);
    for (const words of says) expect(stdout).toContain(words);
    for (const words of never) expect(stdout).not.toContain(words);
    for (const json of jsonIn(stdout)) expect(() => JSON.parse(json), json).not.toThrow();
    if (!/[{}]|undefined/.test(text)) expect(stdout).not.toMatch(/\{\$?\w+\}|undefined/);
  });

  it("is told of in public reports, by their pages", () => {
    const sources = VECTORS.flatMap(({ source }) => source ?? []);
    for (const source of sources) expect(source).toMatch(/^https:\/\/[\w.-]+\/\S+$/);
    expect(new Set(sources).size).toBeGreaterThanOrEqual(100);
  });

  it("is still explained in the frames, colours and times that logs put around it", async () => {
    for (const { text, id } of SENTENCES) {
      const lines = text.split("\n");
      const framed = lines.map((line) => `\u001b[31m│\u001b[0m ${line}`).join("\r\n");
      const timed = lines.map((line) => `2026-11-23T04:00:00.123456Z 01E ${line}`).join("\n");
      const around = `$ deploy.sh\n${text}\nCleaning up project directory and file based variables`;
      for (const variant of [framed, timed, around]) {
        expect(idIn((await explain(variant)).stdout), variant).toBe(id);
      }
    }
  });

  it("that tells of several failures is explained by the first, and the others are named", async () => {
    const refused = (action: string) =>
      `Error: api error AccessDenied: User: arn:aws:sts::123456789012:assumed-role/deploy/x is not authorized to perform: ${action} on resource: arn:aws:s3:::shop because no identity-based policy allows the ${action} action`;
    const expired =
      "An error occurred (ExpiredToken) when calling the PutObject operation: The provided token has expired.";
    const other = "The text has other failures too";
    const { stdout } = await explain(`${refused("s3:ListBucket")}\n\n${expired}\n${refused("kms:Decrypt")}`);
    expect(stdout).toMatch(/^✖ AWS refused s3:ListBucket to the role deploy\n/);
    expect(stdout.slice(stdout.indexOf(other)).trim().split("\n")).toEqual([
      "The text has other failures too. Explain them one by one:",
      "- The session has ended: AWS refused PutObject, because its credentials have expired",
      "- AWS refused kms:Decrypt to the role deploy",
    ]);
    const reversed = await explain(`${expired}\n${refused("s3:ListBucket")}`);
    expect(idIn(reversed.stdout)).toBe("chain-expired");
    const repeated = await explain(`${expired}\nretrying\n${expired}\nAccessDenied`);
    expect(repeated.stdout).not.toContain(other);
  });

  it("says where its other causes are told, by a heading of the page", async () => {
    const headings = read("docs/troubleshooting.md").split("\n");
    for (const { text } of SENTENCES) {
      const { further, causes } = explainErrorText(text);
      const heading = /^docs\/troubleshooting\.md, "(.+)"$/.exec(further ?? "")?.[1];
      expect(headings, text).toContain(`### ${heading}`);
      expect(causes.length).toBeGreaterThan(0);
    }
    const { stdout } = await explain("getaddrinfo ENOTFOUND sts.eu-central-1.amazonaws.com");
    expect(stdout).toContain('  1 more: docs/troubleshooting.md, "getaddrinfo ENOTFOUND"');
  });

  it("is told to machines in the same shape, known or not", async () => {
    for (const text of ["Region is missing", "something odd"]) {
      const { stdout } = await explain(text, ["--format", "json"]);
      const { id, verdict, facts, causes } = JSON.parse(stdout).explanation;
      expect([typeof id, typeof verdict, Array.isArray(facts)]).toEqual(["string", "string", true]);
      expect(causes.length).toBeGreaterThan(0);
    }
  });
});

describe("the headings of the troubleshooting page", () => {
  const headings = read("docs/troubleshooting.md")
    .split("\n")
    .filter((line) => line.startsWith("### "))
    .map((line) => line.slice("### ".length));
  const entries = [...DOCUMENTED_ENTRIES, ...GITLAB_ENTRIES, ...PROGRAM_ENTRIES, ...JOB_SCRIPT_ENTRIES];

  it.each(headings)("are all known: %s", async (heading) => {
    const { stdout, exitCode } = await explain(heading);
    expect(idIn(stdout)).toBe(entries.find(({ title }) => title === heading)?.id);
    expect(exitCode).toBe(0);
  });

  it.each([...entries, ...CATALOGUE])("and all of their ids: $id", async ({ id }) => {
    if (/[A-Z-]/.test(id)) expect(idIn((await explain(id)).stdout)).toBe(id);
    const facts = /[A-Z]/.test(id) ? id : `STS_REFUSED, ${id}`;
    expect(idIn((await explain(`✖ Something\n  role   x\n  error  ${facts}\n`)).stdout)).toBe(id);
  });
});

describe("the shell scripts of the components", () => {
  /** A shell script, with something in place of each command, parameter and change of quotes. */
  const simplified = (path: string): string =>
    read(path)
      .replaceAll("$1", "role-arn")
      .replaceAll(/\$\((?:[^()]|\([^()]*\))*\)|\$\{[^{}]*\}|\$\w+/g, "x1")
      .replaceAll(/"'"(.*?)"'"/g, "$1");
  const roles = [...simplified("build/job-roles.sh").matchAll(/aws_oidc_(?:say|problem) "(.* .*?)"/g)];
  const folder = [...simplified("build/job-roles.sh").matchAll(/echo "aws-oidc: (.* .*?)" >&2/g)];
  const loader = [
    ...read("src/edge/sandbox/runtime.ts")
      .replaceAll(/"\+.*?\+"/g, "18")
      .matchAll(/(?:echo "aws-oidc: |f\(")(.{9,}?[^\\])"[ )+]/g),
  ];
  const sentences = [...roles, ...folder, ...loader].map(([, text = ""]) => `aws-oidc: ${text}`);

  it("are found", () => {
    expect(roles.length).toBeGreaterThan(25);
    expect(folder.length).toBeGreaterThan(3);
    expect(loader.length).toBeGreaterThan(3);
  });

  it.each(sentences)("are all known: %s", async (sentence) => {
    expect((await explain(sentence)).exitCode).toBe(0);
  });
});

describe("an answer", () => {
  it("names no code, role, Region or status that is not in the text", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.lorem({ maxCount: 30 })), (text) => {
        const { facts } = explainErrorText(text);
        const labels = facts.map(([label]) => label);
        for (const label of ["code", "role", "HTTP status", "request id", "operation", "issuer"]) {
          const value = facts.find(([other]) => other === label)?.[1];
          if (value !== undefined) expect(text).toContain(value);
        }
        expect(labels).toContain("error");
      }),
    );
  });

  it("takes every fact from the text, in every vector", () => {
    for (const { text } of VECTORS) {
      const flat = text.replaceAll(/\s+/g, "");
      for (const [label, value] of explainErrorText(text).facts) {
        if (["code", "operation", "HTTP status", "request id", "resource", "host"].includes(label)) {
          expect(flat, label).toContain(value.replaceAll(/\s+/g, ""));
        }
      }
    }
  });

  it("comes at once, also to a flood", () => {
    const floods = ["a".repeat(120_000), "a.".repeat(60_000), "{".repeat(120_000), "\u001b[".repeat(60_000)];
    const words = [
      "[1m",
      "User: arn:aws:",
      "https://",
      "code: ",
      "\\n",
      " (Service: S3; Status Code: 4",
      "x@",
    ];
    for (const text of [...floods, ...words.map((word) => word.repeat(10_000))]) {
      const spentMs = startCpuTime();
      explainErrorText(text);
      expect(spentMs(), text.slice(0, 20)).toBeLessThan(2000);
    }
  });

  it("puts what a log of this program lists first, and what it has proven alone", async () => {
    const log = (cause: string, heading: string) =>
      `✖ AWS refused: the trust policy of deploy does not admit this job\n  error  STS_REFUSED, trust-denied\n\n${heading}\n  1. ${cause}\n`;
    const ref = "The role is restricted to another branch or tag; this job runs for branch x.";
    const possible = explainErrorText(log(ref, "Possible causes, most likely first"));
    expect(possible.causes[0]?.reason).toContain("restricted to another branch or tag");
    expect(possible.causes.length).toBeGreaterThan(1);
    expect(explainErrorText(log(ref, "Each of these blocks the job")).causes).toHaveLength(1);
    expect(explainErrorText(ref).causes[0]?.reason).toContain("restricted to another branch or tag");
  });

  it("says nothing of the network where only the metadata service of a machine was asked", () => {
    const { id } = explainErrorText(
      "connect ETIMEDOUT 169.254.169.254:80, Could not load credentials from any providers",
    );
    expect(id).toBe("no-credentials");
  });

  it("takes a connection to AWS that failed for the reason why there are no credentials", () => {
    const text =
      "CredentialsProviderError: Could not load credentials from any providers: getaddrinfo ENOTFOUND sts.eu-central-1.amazonaws.com";
    expect(explainErrorText(text).id).toBe("name-not-found");
  });
});

describe("a secret in a pasted text", () => {
  const jwt = encodeJwt({ iss: "https://gitlab.com", sub: "project_path:acme/shop" });
  const secretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  const sessionToken = `IQoJb3JpZ2luX2Vj${"aB3/".repeat(40)}`;

  it.each([
    ["a token", `InvalidIdentityToken: No OpenIDConnect provider found, token ${jwt}`, jwt.slice(0, 40)],
    ["a token in lines", jwt.replaceAll(/(.{30})/g, "$1\n"), jwt.slice(-30)],
    ["an access key id", "InvalidAccessKeyId for ASIAZZZZZZZZEXAMPLE1", "ASIAZZZZZZZZEXAMPLE1"],
    ["a secret access key", `export AWS_SECRET_ACCESS_KEY=${secretKey}`, secretKey],
    ["one without its name", `nope ${secretKey} nope`, secretKey],
    ["a session token", `{"SessionToken": "${sessionToken}"}`, sessionToken.slice(20, 60)],
    [
      "a header",
      `Authorization: AWS4-HMAC-SHA256 Credential=ASIAZZZZZZZZEXAMPLE1/20261123/eu-central-1/s3/aws4_request, Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef`,
      "0123456789abcdef0123456789abcdef",
    ],
    ["a bearer", "curl -H 'Authorization: Bearer s3cr3t-T0ken-0123456789' failed", "s3cr3t-T0ken"],
    ["a password of a proxy", "Failed to connect to proxy URL: http://ada:hunter22@proxy:3128", "hunter22"],
    ["a password", "docker login --username AWS password=hunter2222", "hunter2222"],
    ["a token of GitLab", `fatal: could not read ${"glpat"}-abcdefghij0123456789`, "abcdefghij0123456789"],
    ["a signed URL", "https://b.s3.amazonaws.com/k?X-Amz-Signature=0011223344556677&x=1", "0011223344556677"],
  ])("is not printed back: %s", async (_, text, secret) => {
    for (const format of ["text", "json"]) {
      const { stdout, stderr } = await explain(text, ["--format", format]);
      expect((stdout + stderr).replaceAll(/\s+/g, "")).not.toContain(secret.replaceAll(/\s+/g, ""));
    }
  });

  it("does not get into what is suggested, where a placeholder stands in its place", async () => {
    const text = `User: arn:aws:sts::123456789012:assumed-role/deploy/x is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::b/${jwt} because no identity-based policy allows the s3:PutObject action`;
    const { stdout } = await explain(text);
    expect(stdout).toContain('"Resource": "<ARN>"');
  });
});
