import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { describeProvenance, STATEMENT_FILE } from "../../fakes/runner-provenance.ts";
import { copyProject, PROJECT_ROOT, type ProjectCopy } from "../../harness/project-copy.ts";

const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, "package.json"), "utf8"));

let copy: ProjectCopy;
beforeAll(() => {
  copy = copyProject();
  expect(copy.npmRun("build")).toMatchObject({ status: 0, stderr: "" });
  expect(copy.npmRun("release:assets", "--", version)).toEqual({
    status: 0,
    stdout: `✔ The assets of ${version} are in release/.\n`,
    stderr: "",
  });
});
afterAll(() => copy.remove());

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
  const { status, stderr } = copy.npmRun("release:assets", "--", tag);
  expect(stderr).toBe(
    `✖ the tag is ${tag}, and package.json says ${version}: tag the commit that raises the version\n`,
  );
  expect(status).toBe(1);
});

it("refuses what the source does not give, and names all of it", () => {
  const spoilt = {
    "dist/aws-oidc.cjs": (text: string) => `${text}//`,
    "dist/runtime.yml": spoilBlob,
    "dist/doctor-runtime.yml": spoilBlob,
    "dist/playground.html": (text: string) => `${text}//`,
  };
  const right = new Map(Object.keys(spoilt).map((path) => [path, read(path)]));
  for (const [path, spoil] of Object.entries(spoilt)) {
    writeFileSync(join(copy.folder, path), spoil(right.get(path) ?? ""));
  }
  const { status, stderr } = copy.npmRun("release:assets", "--", version);
  for (const [path, text] of right) writeFileSync(join(copy.folder, path), text);
  expect(stderr).toBe(
    [
      "✖ dist/aws-oidc.cjs is not what the source gives: run `npm run build` and commit the result\n",
      "✖ dist/runtime.yml does not carry what the source gives: run `npm run build` and commit the result\n",
      "✖ dist/doctor-runtime.yml does not carry what the source gives: run `npm run build` and commit the result\n",
      "✖ dist/playground.html is not what the source gives: run `npm run build` and commit the result\n",
    ].join(""),
  );
  expect(status).toBe(1);
});

function spoilBlob(text: string): string {
  return text.replace(/^( {6}[A-Za-z0-9+/]{20})[A-Za-z0-9+/]/m, "$1!");
}
