import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  packBundle,
  renderRuntime,
  runtimeHash,
  stampRuntime,
  unpackRuntime,
} from "../../../../src/edge/sandbox/runtime.ts";

const CODE = Buffer.from(
  `console.log(JSON.stringify({ argv: process.argv.slice(1), from: typeof require("node:os").EOL, ${"x".repeat(500)}: 1 }));`,
);
const YAML = renderRuntime(CODE, { version: "1.2.3", command: "assume-role" });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "runtime-"));
  mkdirSync(join(folder, "bin"));
  symlinkSync("/bin/rm", join(folder, "bin/rm"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function nextLetter(letter: string): string {
  return ALPHABET[(ALPHABET.indexOf(letter) + 1) % ALPHABET.length] ?? "";
}

function scriptOf(yaml: string): string {
  const jobs: Record<string, { script: [string] }> = parse(yaml);
  return Object.values(jobs)[0]?.script[0] ?? "";
}

/** Runs a script as the runner's shell does, with the Node that runs this test unless told otherwise. */
function run(script: string, env: Readonly<Record<string, string>> = {}) {
  const path = `${join(process.execPath, "..")}:${process.env.PATH}`;
  const { status, stdout, stderr } = spawnSync("/bin/sh", ["-ec", script], {
    cwd: folder,
    env: { PATH: path, ...env },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

describe("the runtime", () => {
  it("is one hidden job, named by the hash of the bundle", () => {
    expect(Object.keys(parse(YAML))).toEqual([`.aws-oidc-runtime:${runtimeHash(CODE)}`]);
  });

  it("begins with a line that says what it is", () => {
    expect(scriptOf(YAML)).toMatch(/^# aws-oidc 1\.2\.3 carries its own script, with SHA-256 [0-9a-f]{64}\n/);
  });

  it("runs the bundle as a CommonJS program, with the command as its argument", () => {
    const { status, stdout, stderr } = run(scriptOf(YAML));
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({ argv: ["aws-oidc", "assume-role"], from: "string" });
    expect(status).toBe(0);
  });

  it("shows in a stack where in the script something was thrown", () => {
    const broken = renderRuntime(Buffer.from(`// ${"x".repeat(80)}\n  null.member;`), {
      version: "1.2.3",
      command: "assume-role",
    });
    expect(run(scriptOf(broken)).stderr).toMatch(/^\s+at (?:.* \()?aws-oidc\.cjs:2:\d+\)?$/m);
  });

  it("gives the bundle back, byte by byte", () => {
    expect(unpackRuntime(YAML)).toEqual(CODE);
  });

  it("gives nothing back if a single character is not the one that was packed", () => {
    const blob = packBundle(CODE);
    const last = blob.slice(-8);
    // Of its last character before `=` only some bits count.
    const other = last.replace(
      /([A-Za-z0-9+/])(=*)$/,
      (_, letter: string, end: string) => nextLetter(letter) + end,
    );
    for (const changed of [other, `${last}!`, last.slice(1)])
      expect(unpackRuntime(YAML.replace(last, changed))).toBeUndefined();
  });
});

describe("a damaged runtime runs nothing", () => {
  const blob = packBundle(CODE);
  const flipped = blob.replace(/[A-Z]/, (letter) => letter.toLowerCase());
  const damages: Readonly<Record<string, string>> = {
    "with a character changed": YAML.replace(blob.slice(0, 40), flipped.slice(0, 40)),
    "cut off within the bundle": YAML.slice(0, YAML.indexOf(blob.slice(0, 40)) + 60),
    "without a bundle": YAML.replace(blob.slice(0, 160), ""),
    "with another bundle": YAML.replaceAll(/^ {6}[A-Za-z0-9+/=]+$/gm, "").replace(
      "<<'AWS_OIDC_RUNTIME' || exit $?\n",
      `<<'AWS_OIDC_RUNTIME' || exit $?\n      ${packBundle(Buffer.from("console.log(1)"))}\n`,
    ),
  };

  it.each(Object.keys(damages))("%s", (name) => {
    const { status, stdout, stderr } = run(scriptOf(damages[name] ?? ""));
    expect(stderr).toContain("aws-oidc: the script of this job is damaged, so none of it ran");
    expect(stdout).toBe("");
    expect(status).toBe(1);
  });
});

describe("an image that cannot run it", () => {
  it("is named when it has no Node", () => {
    const { status, stderr } = run(scriptOf(YAML), { PATH: join(folder, "bin") });
    expect(stderr).toBe(
      "aws-oidc: this image has no Node.js; use one with Node 20 or later (input: image)\n",
    );
    expect(status).toBe(1);
  });

  it("is named when its Node is too old", () => {
    // The loader looks at the version before anything else, so another version can be told to it.
    writeFileSync(
      join(folder, "old.cjs"),
      'Object.defineProperty(process.versions, "node", { value: "18.20.4" });\n',
    );
    const { status, stderr } = run(scriptOf(YAML), { NODE_OPTIONS: `--require ${join(folder, "old.cjs")}` });
    expect(stderr).toBe(
      "aws-oidc: this image has Node 18.20.4; use one with Node 20 or later (input: image)\n",
    );
    expect(status).toBe(1);
  });
});

describe("a template", () => {
  const reference = (hash: string): string => `  script: !reference [".aws-oidc-runtime:${hash}", script]\n`;

  it("is made to refer to the runtime of its hash", () => {
    expect(stampRuntime(reference("0123456789ab"), "ba9876543210")).toBe(reference("ba9876543210"));
  });

  it.each([
    ["no reference to a runtime", "  script: echo\n"],
    ["two of them", reference("0123456789ab").repeat(2)],
    ["one that is cut off", reference("012345")],
    ["one that is too long", reference("0123456789abcd")],
  ])("is refused with %s", (_, yaml) => {
    expect(() => stampRuntime(yaml, "ba9876543210")).toThrow("must refer to one .aws-oidc-runtime");
  });
});
