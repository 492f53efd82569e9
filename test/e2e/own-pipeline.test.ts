import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { INPUTS } from "../../src/config/inputs/inputs.ts";
import { startWorld, type World } from "../fakes/world.ts";
import { type Files, readFiles } from "./consumer-project.ts";
import { type PipelineOptions, type PipelineRun, runPipeline } from "./pipeline.ts";
import { checkSchema } from "./schema.ts";

/*
 * The project's own pipeline. What gitlab-ci-local lacks is brought in here, so that `.gitlab-ci.yml` is as GitLab wants it:
 * there are no containers, so that the packages are those of this machine, and `npm ci` finds them installed already.
 */

const ROOT = join(import.meta.dirname, "../..");
const FOLDERS = ["build", "stand-ins", "test/e2e/consumer", "test/fakes"] as const;
const FILES = [
  ".gitlab-ci.yml",
  "CHANGELOG.md",
  "README.md",
  "dist/playground.html",
  "package-lock.json",
  "package.json",
] as const;

const DEFAULT_IMAGE = INPUTS.find(({ name }) => name === "image")?.default;

/** They run what runs here anyway. */
const CHECKS = ["check", "test", "properties", "node-versions"] as const;
const COMPONENT_TESTS = [
  "assume-role",
  "use-assume-role",
  "use-no-credentials",
  "aws-oidc-doctor",
  "use-web-identity",
] as const;

async function readProject(): Promise<Files> {
  const folders = FOLDERS.map(async (folder) => {
    const files = Object.entries(await readFiles(join(ROOT, folder)));
    return files.map(([path, text]) => [`${folder}/${path}`, text] as const);
  });
  const files = FILES.map((path) => [path, readFileSync(join(ROOT, path), "utf8")] as const);
  return Object.fromEntries([...files, ...(await Promise.all(folders)).flat()]);
}

function without(jobs: readonly string[]): Readonly<Record<string, object>> {
  return Object.fromEntries(jobs.map((job) => [job, { rules: [{ when: "never" }] }] as const));
}

let project: Files;
let world: World;
beforeAll(async () => {
  project = await readProject();
  world = await startWorld();
});
afterAll(() => world.close());

async function run(
  options: Omit<PipelineOptions, "files"> & { readonly files?: Files },
): Promise<PipelineRun> {
  return runPipeline(world, { idTokens: {}, ...options, files: { ...project, ...options.files } });
}

describe("on a branch", () => {
  /** Every process of the pipeline has it in its environment. */
  const mark = randomUUID();
  let branch: PipelineRun;
  beforeAll(async () => {
    branch = await run({
      files: { "node_modules/.installed-package-lock.json": project["package-lock.json"] ?? "" },
      variables: { MARK_OF_THIS_RUN: mark },
      overrides: without(CHECKS),
    });
  });

  it("passes the tests of every component", () => {
    expect(branch.output).not.toMatch(/^.*FAIL.*$/m);
    expect(branch.exitCode).toBe(0);
    expect(Object.keys(branch.jobs).sort()).toEqual([...COMPONENT_TESTS].sort());
  });

  it("fits GitLab's schema", async () => {
    expect(await checkSchema({ own: branch.configuration })).toContain("json schema validated");
  });

  it("tries the components in the image that they have unless a consumer wants another", () => {
    for (const job of ["assume-role", "aws-oidc-doctor"]) {
      expect(branch.configuration[job]).toMatchObject({ image: { name: DEFAULT_IMAGE } });
    }
  });

  it("tries the components with the stand-ins of their own jobs, and no others", () => {
    const arn = "arn:aws:sts::123456789012:assumed-role/deploy/GitLabRunner-1217-1000";
    for (const job of ["assume-role", "aws-oidc-doctor", "use-web-identity"]) {
      expect(branch.jobs[job]?.log).toContain(arn);
    }
    expect(branch.jobs["aws-oidc-doctor"]?.log).toContain("Nothing blocks this job");
    expect(world.sts.requests).toEqual([]);
  });

  it("leaves neither processes nor tokens behind", async () => {
    const processes = (): readonly string[] =>
      readdirSync("/proc").filter((pid) => {
        try {
          return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(mark);
        } catch {
          return false;
        }
      });
    // A process that was told to end may be there for a moment longer.
    await expect.poll(processes).toEqual([]);
    expect(branch.files.filter((path) => path.endsWith("stand-ins.env"))).toEqual([]);
  });
});

interface Release {
  readonly release: { readonly assets: { readonly links: readonly { readonly url: string }[] } };
}

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

/** The pipeline of a version tag, whose runner does something after the script of `assets`, as it does before an upload. */
function release(afterwards: readonly string[]): Promise<PipelineRun> {
  return run({
    probes: ["npm", "curl"],
    // In place of what `npm run release:assets` makes.
    files: Object.fromEntries(ASSETS.map((name) => [`release/assets/${name}`, name] as const)),
    variables: { CI_COMMIT_TAG: "1.0.0", CI_COMMIT_BRANCH: "" },
    overrides: {
      ...without([...CHECKS, ...COMPONENT_TESTS]),
      assets: { after_script: afterwards, artifacts: { paths: ["release", "artifacts-metadata.json"] } },
    },
  });
}

const ATTEST = "node test/fakes/runner-provenance.ts release";

it("on a version tag uploads each asset, with its provenance, to where the release links it", async () => {
  const { jobs, configuration, output } = await release([ATTEST]);
  expect(output).not.toMatch(/^.*FAIL.*$/m);
  expect(Object.keys(jobs)).toEqual(["assets", "upload", "release", "pages"]);
  expect(jobs.pages?.log).toContain("✔ public/ has the playground of 1.0.0.");
  expect(jobs.assets?.log).toContain("npm run release:assets -- 1.0.0 → ");
  expect(jobs.upload?.log).toContain(`✔ The provenance vouches for all ${ASSETS.length} files.`);
  const folder = "https://gitlab.example.com/api/v4/projects/1217/packages/generic/aws-oidc/1.0.0";
  const uploads = [...(jobs.upload?.log.matchAll(/--upload-file release\/assets\/(\S+) (\S+) →/g) ?? [])];
  expect(uploads.map(([, file, url]) => [file, url]).sort()).toEqual(
    [...ASSETS, "provenance.json"].sort().map((name) => [name, `${folder}/${name}`]),
  );
  const { links } = (configuration.release as Release).release.assets;
  const linked = links.map(({ url }) => url.replace("$PACKAGE_URL", folder));
  expect(linked.sort()).toEqual(uploads.map(([, , url]) => url).sort());
});

it("publishes nothing that its runner did not vouch for", async () => {
  const { jobs } = await release([ATTEST, "echo '//' >> release/assets/aws-oidc.cjs"]);
  expect(jobs.upload?.log).toContain("it names release/assets/aws-oidc.cjs with a different SHA-256");
  expect(jobs.upload?.log).not.toContain("--upload-file");
  expect(Object.keys(jobs)).not.toContain("release");
  expect(Object.keys(jobs)).not.toContain("pages");
});
