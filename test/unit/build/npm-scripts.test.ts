import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { parse } from "yaml";
import { bundleScript } from "../../../build/bundle.ts";
import type { Outputs } from "../../../build/outputs.ts";
import { findStaleOutputs } from "../../../build/stale-outputs.ts";
import { renderRuntime } from "../../../src/edge/sandbox/runtime.ts";
import { describeProvenance, STATEMENT_FILE } from "../../fakes/runner-provenance.ts";
import { copyProject, PROJECT_ROOT, type ProjectCopy } from "../../harness/project-copy.ts";

const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, "package.json"), "utf8"));

/*
 * What `npm run build`, `check:dist` and `release:assets` do, in one copy of the project, which takes seconds to build.
 */

let copy: ProjectCopy;
let built: Outputs;
beforeAll(() => {
  copy = copyProject();
  const build = copy.npmRun("build");
  expect(build).toMatchObject({ status: 0, stderr: "" });
  const paths = build.stdout.match(/^\S+/gm) ?? [];
  built = new Map(paths.map((path) => [path, read(path)]));
  expect(copy.npmRun("release:assets", "--", version)).toEqual({
    status: 0,
    stdout: `✔ The assets of ${version} are in release/.\n`,
    stderr: "",
  });
});
afterAll(() => copy.remove());

/** Runs something while files of the copy hold something else. */
async function withChanged<Result>(
  changes: Readonly<Record<string, (text: string) => string>>,
  run: () => Result | Promise<Result>,
): Promise<Result> {
  const right = Object.keys(changes).map((path) => [path, read(path)] as const);
  for (const [path, text] of right) writeFileSync(join(copy.folder, path), changes[path]?.(text) ?? "");
  try {
    return await run();
  } finally {
    for (const [path, text] of right) writeFileSync(join(copy.folder, path), text);
  }
}

describe("`npm run build`", () => {
  it("makes in any folder what is committed here", () => {
    expect([...built.keys()]).toEqual(expect.arrayContaining(["dist/aws-oidc.cjs", "docs/use/s3.md"]));
    expect(findStaleOutputs(PROJECT_ROOT, built)).toEqual([]);
  });

  it("makes the same bytes in a process of its own as the tests do", () => {
    const bytesOf = (file: string): Buffer => readFileSync(file);
    const runtime = (command: "assume-role" | "doctor", file: string): string =>
      renderRuntime(bytesOf(file), { version, command });
    expect(bytesOf(join(copy.folder, "dist/aws-oidc.cjs")).equals(bytesOf(inject("bundle")))).toBe(true);
    expect(read("dist/runtime.yml") === runtime("assume-role", inject("assumeRoleBundle"))).toBe(true);
    expect(read("dist/doctor-runtime.yml") === runtime("doctor", inject("doctorBundle"))).toBe(true);
  });

  it("leaves what a job of assume-role carries as it was, to the byte, when the doctor changes", async () => {
    const change = (text: string): string => `${text}\nglobalThis.name = "something else";\n`;
    const after = await withChanged({ "src/commands/doctor/doctor.ts": change }, () =>
      bundleScript(copy.folder),
    );
    expect(after.doctorCode.equals(readFileSync(inject("doctorBundle")))).toBe(false);
    expect(after.assumeRoleCode.equals(readFileSync(inject("assumeRoleBundle")))).toBe(true);
  });
});

it("`npm run check:dist` says how to mend a file that is not what the source gives", async () => {
  const path = "dist/aws-oidc.cjs";
  const change = (text: string): string => text.replace("assume", "resume");
  const { status, stderr } = await withChanged({ [path]: change }, () => copy.npmRun("check:dist"));
  expect(stderr).toBe(
    `✖ Not what the source gives: ${path}\n  → Run \`npm run build\` and commit the result together with the source.\n`,
  );
  expect(status).toBe(1);
});

const ASSETS = [
  "SHA256SUMS",
  "THIRD-PARTY-LICENSES.txt",
  "assume-role.cjs",
  "aws-oidc.cjs",
  "aws-oidc.tar",
  "doctor.cjs",
  "doctor.schema.json",
  "playground.html",
  "playground.sbom.cdx.json",
  "sbom.cdx.json",
];

const read = (path: string): string => readFileSync(join(copy.folder, path), "utf8");
const sha256 = (path: string): string =>
  createHash("sha256")
    .update(readFileSync(join(copy.folder, path)))
    .digest("hex");

it("makes the assets of the version that was built", () => {
  expect(readdirSync(join(copy.folder, "release/assets")).sort()).toEqual(ASSETS);
  expect(JSON.parse(read("release/assets/sbom.cdx.json")).metadata.component).toMatchObject({
    version,
    hashes: [{ alg: "SHA-256", content: sha256("release/assets/aws-oidc.cjs") }],
  });
  const page = JSON.parse(read("release/assets/playground.sbom.cdx.json"));
  expect(page.metadata.component.hashes).toEqual([
    { alg: "SHA-256", content: sha256("release/assets/playground.html") },
  ]);
  expect(page.components.map(({ name }: { readonly name: string }) => name)).toEqual([
    "@preact/signals",
    "@preact/signals-core",
    "preact",
  ]);
  expect(read("release/assets/THIRD-PARTY-LICENSES.txt")).toContain("@aws-sdk/client-sts");
});

it("names the packages that have code in the script, by version and hash, and no others", () => {
  const { components } = JSON.parse(read("release/assets/sbom.cdx.json"));
  const names: readonly string[] = components.map(({ name }: { readonly name: string }) => name);
  expect(names).toContain("@aws-sdk/client-sts");
  expect(names).not.toContain("@aws-sdk/credential-provider-node");
  expect(names).not.toContain("vitest");
  const lock = JSON.parse(read("package-lock.json"));
  for (const { name, version: named, hashes } of components) {
    const locked = lock.packages[`node_modules/${name}`];
    const digest = Buffer.from(hashes[0].content, "hex").toString("base64");
    expect({ version: named, integrity: `${hashes[0].alg.replace("SHA-", "sha")}-${digest}` }).toEqual({
      version: locked.version,
      integrity: locked.integrity,
    });
  }
});

it("lists the SHA-256 of every other file, as `sha256sum` takes it", () => {
  const [list = "", ...others] = ASSETS;
  const lines = others.map((name) => `${sha256(`release/assets/${name}`)}  ${name}\n`);
  expect(read(`release/assets/${list}`)).toBe(lines.join(""));
  const check = () =>
    spawnSync("sha256sum", ["--check", "--strict", list], { cwd: join(copy.folder, "release/assets") })
      .status;
  expect(check()).toBe(0);
  const script = join(copy.folder, "release/assets/assume-role.cjs");
  const code = readFileSync(script);
  appendFileSync(script, "//");
  expect(check()).toBe(1);
  writeFileSync(script, code);
});

describe("the package for npx", () => {
  /** Answers as GitLab does, where a release leads to the package registry. */
  function serve(requests: string[]): Server {
    return createServer(({ url = "" }, response) => {
      requests.push(url);
      if (url === "/downloads/aws-oidc.tar") return response.writeHead(302, { location: "/files/1" }).end();
      if (url !== "/files/1") return response.writeHead(404).end();
      return response.end(readFileSync(join(copy.folder, "release/assets/aws-oidc.tar")));
    });
  }

  it("runs by its address, and has npx download nothing else", async () => {
    const requests: string[] = [];
    const server = serve(requests).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const argv = ["--yes", `${address}/downloads/aws-oidc.tar`, "--version"];
    const { stdout } = await promisify(execFile)("npx", argv, {
      cwd: copy.folder,
      env: {
        PATH: process.env.PATH,
        HOME: copy.folder,
        npm_config_registry: address,
        npm_config_audit: "false",
      },
    }).finally(() => server.close());
    expect(stdout).toBe(`${version}\n`);
    expect(new Set(requests)).toEqual(new Set(["/downloads/aws-oidc.tar", "/files/1"]));
  });

  it("holds the script as it is released, executable, with the licences", () => {
    const list = spawnSync("tar", ["--list", "--verbose", "--file", "release/assets/aws-oidc.tar"], {
      cwd: copy.folder,
      encoding: "utf8",
    });
    const entries = list.stdout.trim().split("\n");
    expect(entries.map((line) => line.replace(/ .* /, " "))).toEqual([
      "-rw-r--r-- package/package.json",
      "-rwxr-xr-x package/aws-oidc.cjs",
      "-rw-r--r-- package/LICENSE",
      "-rw-r--r-- package/THIRD-PARTY-LICENSES.txt",
    ]);
    const packed = read("release/assets/aws-oidc.tar");
    expect(packed).toContain(read("release/assets/aws-oidc.cjs"));
    expect(packed).not.toContain('ependencies"');
  });
});

describe("what runs", () => {
  const carriedBy = (path: string): string => /SHA-256 ([0-9a-f]{64})$/m.exec(read(path))?.[1] ?? "";

  it("is published by the very hashes that jobs show in their logs", () => {
    const [ofJob, ofDoctor] = [carriedBy("dist/runtime.yml"), carriedBy("dist/doctor-runtime.yml")];
    expect([sha256("release/assets/assume-role.cjs"), sha256("release/assets/doctor.cjs")]).toEqual([
      ofJob,
      ofDoctor,
    ]);
    const parts = ["assume-role.cjs", "doctor.cjs", "aws-oidc.cjs"].map((name) =>
      read(`release/assets/${name}`).replace(/^#!.*\n/, ""),
    );
    for (const [index, part] of parts.slice(0, -1).entries())
      expect(parts[index + 1]?.startsWith(part)).toBe(true);
    expect(read("release/notes.md")).toContain(
      `| \`assume-role\` | \`${ofJob}\` |\n| \`doctor\` | \`${ofDoctor}\` |\n`,
    );
  });

  it("begins with the hash that the template's hidden job is named by", () => {
    const [, hash = "-"] = /\.aws-oidc-runtime:([0-9a-f]+)/.exec(read("templates/assume-role.yml")) ?? [];
    expect(sha256("release/assets/assume-role.cjs").startsWith(hash)).toBe(true);
  });
});

it("puts the version's part of the changelog before that", () => {
  const [notes = ""] = read("release/notes.md").split("\n\n## What runs\n");
  expect(notes).toMatch(/\S/);
  expect(read("CHANGELOG.md")).toContain(notes);
});

describe("the provenance", () => {
  const env = { CI_PROJECT_PATH: "acme/aws-oidc", CI_COMMIT_SHA: "d".repeat(40) };
  const statement = (names: readonly string[]) =>
    describeProvenance(
      {
        name: "assets",
        id: "1",
        projectUrl: `https://gitlab.example.com/${env.CI_PROJECT_PATH}`,
        commit: env.CI_COMMIT_SHA,
        variables: ["CI"],
      },
      Object.fromEntries(names.map((name) => [`release/assets/${name}`, sha256(`release/assets/${name}`)])),
    );
  const write = (text: string) => writeFileSync(join(copy.folder, STATEMENT_FILE), text);
  const check = (variables: Readonly<Record<string, string>> = env) => {
    const program = join(PROJECT_ROOT, "build/release-provenance.ts");
    const run = spawnSync(process.execPath, [program], {
      cwd: copy.folder,
      env: variables,
      encoding: "utf8",
    });
    return { status: run.status, stdout: run.stdout, stderr: run.stderr };
  };

  it("goes beside the files that it vouches for, as the runner wrote it, and again after a retry", () => {
    const text = JSON.stringify(statement(ASSETS));
    write(text);
    for (const _ of ["at first", "again"]) {
      expect(check()).toEqual({
        status: 0,
        stdout: "✔ The provenance vouches for all 10 files.\n",
        stderr: "",
      });
      expect(read("release/assets/provenance.json")).toBe(text);
    }
    rmSync(join(copy.folder, "release/assets/provenance.json"));
  });

  it("stops the release when a file is missing in it", () => {
    write(JSON.stringify(statement(ASSETS.slice(1))));
    expect(check()).toEqual({
      status: 1,
      stdout: "",
      stderr: `✖ ${STATEMENT_FILE}: it does not name release/assets/SHA256SUMS\n`,
    });
    expect(readdirSync(join(copy.folder, "release/assets")).sort()).toEqual(ASSETS);
  });

  it("stops the release when the runner has made none", () => {
    rmSync(join(copy.folder, STATEMENT_FILE), { force: true });
    expect(check()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("RUNNER_GENERATE_ARTIFACTS_METADATA"),
    });
  });

  it("is checked in a job only", () => {
    write(JSON.stringify(statement(ASSETS)));
    expect(check({})).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("CI_PROJECT_PATH is not set"),
    });
  });

  it("is asked of the runner, of the job whose artifacts are published, by its default name", () => {
    const jobs = parse(readFileSync(join(PROJECT_ROOT, ".gitlab-ci.yml"), "utf8"), { logLevel: "error" });
    expect(jobs.assets.variables).toMatchObject({
      RUNNER_GENERATE_ARTIFACTS_METADATA: "true",
      SLSA_PROVENANCE_SCHEMA_VERSION: "v1",
    });
    expect(jobs.assets.artifacts).toEqual({ paths: ["release"], expire_in: "1 day" });
    expect(jobs.upload).toMatchObject({ needs: ["assets"] });
    expect(jobs.upload.script[0]).toBe("node build/release-provenance.ts");
  });
});

it.each(["9.9.9", `v${version}`])("refuses the tag %s, which is not the version", (tag) => {
  const program = join(copy.folder, "build/release-assets.ts");
  const { status, stderr } = spawnSync(process.execPath, [program, tag], { encoding: "utf8" });
  expect(stderr).toBe(
    `✖ the tag is ${tag}, and package.json says ${version}: tag the commit that raises the version\n`,
  );
  expect(status).toBe(1);
});

it("refuses files of dist/ that the source does not give, and names each", async () => {
  const spoilPacked = (text: string): string => text.replace(/^( {6}[A-Za-z0-9+/]{20})[A-Za-z0-9+/]/m, "$1!");
  const append = (text: string): string => `${text}//`;
  const { status, stderr } = await withChanged(
    {
      "dist/aws-oidc.cjs": append,
      "dist/runtime.yml": spoilPacked,
      "dist/doctor-runtime.yml": spoilPacked,
      "dist/playground.html": append,
    },
    () => copy.npmRun("release:assets", "--", version),
  );
  const mend = "what the source gives: run `npm run build` and commit the result\n";
  expect(stderr).toBe(
    `✖ dist/aws-oidc.cjs is not ${mend}✖ dist/runtime.yml does not carry ${mend}✖ dist/doctor-runtime.yml does not carry ${mend}✖ dist/playground.html is not ${mend}`,
  );
  expect(status).toBe(1);
});
