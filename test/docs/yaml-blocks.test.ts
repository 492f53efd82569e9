import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Files, withLocalComponents } from "../e2e/consumer-project.ts";
import { runPipeline } from "../e2e/pipeline.ts";
import { describeRoles } from "../e2e/world-of-roles.ts";
import type { StsWorld } from "../fakes/sts/world.ts";
import { describeWorld, ROLES, startWorld, type World } from "../fakes/world.ts";
import { pipelinesOf, shownPipelinesOf } from "./documented-pipelines.ts";
import { parsePage, readPages } from "./pages.ts";

const pages = readPages();
const pipelines = pages.flatMap(pipelinesOf);

/** What the pages take for granted of the reader's project. */
const FILES: Files = {
  "policies/deploy.json": JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
  }),
};
const VARIABLES = { DEPLOY_ROLE_ARN: ROLES.deploy };
const PROBES = ["apk", "aws", "buildah", "executor", "npm", "npx", "terraform"];

/** The small world, and in it every role that a page names; those that it knows stay as they are. */
function worldOfPages(): StsWorld {
  const known = describeWorld();
  const named = pipelines.flatMap(({ yaml }) => yaml.match(/arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+/g) ?? []);
  const isKnown = new Set<string>(Object.values(ROLES));
  const missing = named.filter((arn) => !isKnown.has(arn));
  const added = describeRoles(Object.fromEntries(missing.map((arn) => [arn, "main"] as const)));
  const merged = Object.entries(added.accounts).map(([id, account]) => {
    const roles = [...(known.accounts[id]?.roles ?? []), ...(account.roles ?? [])];
    return [id, { ...account, ...known.accounts[id], roles }] as const;
  });
  return { accounts: { ...known.accounts, ...Object.fromEntries(merged) } };
}

let world: World;
beforeAll(async () => {
  world = await startWorld({ world: worldOfPages() });
});
afterAll(() => world.close());

function runDocumented({ yaml, idTokens, manual }: Omit<(typeof pipelines)[number], "name">) {
  return runPipeline(world, {
    files: { ...FILES, ".gitlab-ci.yml": withLocalComponents(yaml) },
    variables: VARIABLES,
    probes: PROBES,
    idTokens,
    manual,
  });
}

it("finds pipelines in the README", () => {
  expect(pipelines.filter(({ name }) => name.startsWith("README.md:")).length).toBeGreaterThan(5);
});

describe("the pipeline of", () => {
  it.each(pipelines)("$name fits GitLab's schema, runs, and its tools act as a role", async (pipeline) => {
    const run = await runDocumented(pipeline);
    expect(run.output).toContain("json schema validated");
    expect(run.output).not.toMatch(/^.*FAIL.*$/m);
    expect(run.exitCode).toBe(0);
    expect(Object.keys(run.jobs)).toEqual(expect.arrayContaining(Object.keys(pipeline.idTokens)));
    const probed = Object.values(run.jobs).flatMap(({ log }) => log.match(/^.* → .*$/gm) ?? []);
    for (const line of probed) expect(line).toMatch(/ → arn:aws:sts::\d{12}:assumed-role\//);
  });
});

describe("what is only shown:", () => {
  it.each(pages.flatMap(shownPipelinesOf))("$name fits GitLab's schema", async (pipeline) => {
    const { output } = await runDocumented(pipeline);
    expect(output).toContain("json schema validated");
  });
});

it("would find that a block does not fit GitLab's schema", async () => {
  const page = parsePage("page.md", "```yaml\ninclude: []\njob: { script: echo, need: [build] }\n```\n");
  const [pipeline] = pipelinesOf(page);
  const run = await runDocumented(pipeline as (typeof pipelines)[number]);
  expect(run.output).toContain("'need' property is not expected to be here");
  expect(run.exitCode).toBe(1);
});
