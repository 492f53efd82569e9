import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Role, StsWorld } from "../../../stand-ins/sts/world.ts";
import { type Files, withLocalComponents } from "../../e2e/consumer-project.ts";
import { runPipeline } from "../../e2e/pipeline.ts";
import { type Configuration, checkSchema } from "../../e2e/schema.ts";
import { describeRoles } from "../../e2e/world-of-roles.ts";
import { DEFAULT_ISS, describeWorld, ROLES, startWorld, type World } from "../../fakes/world.ts";
import { runScript } from "../../harness/run-script.ts";
import { applyDocument, onlyRole } from "../../unit/aws/identity-setup/read-back.ts";
import { parsePage, readPages } from "../pages.ts";
import { pipelinesOf, shownPipelinesOf } from "./documented-pipelines.ts";

const pages = readPages();
/** Of those that differ in comments at most, one. */
const pipelines = [
  ...new Map(
    pages.flatMap(pipelinesOf).map((one) => [one.yaml.replaceAll(/ *# .*$/gm, ""), one] as const),
  ).values(),
];

/** What the pages take for granted of the reader's project. */
const FILES: Files = {
  "policies/deploy.json": JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
  }),
};
const VARIABLES = { DEPLOY_ROLE_ARN: ROLES.deploy };
const PROBES = ["apk", "aws", "buildah", "bun", "executor", "kubectl", "npm", "npx", "sam", "terraform"];

/** The role of the page about session tags, made as that page says but for the instance of these tests. */
async function describeTaggedRole(): Promise<Role> {
  const scope = ["--issuer", DEFAULT_ISS, "--project", "acme/shop", "--branch", "main"];
  const role = ["--role", "shop", "--session-tags", "project,team=shop"];
  const { stdout } = await runScript({
    argv: ["trust-policy", "--format", "cloudformation", ...scope, ...role],
  });
  const { policyText, inlinePolicies } = onlyRole(await applyDocument(stdout, "cloudformation"));
  return { name: "shop", trustPolicy: JSON.parse(policyText), identityPolicy: inlinePolicies?.[0] };
}

/** The small world, and in it every role that a page names; those that it knows stay as they are. */
async function worldOfPages(): Promise<StsWorld> {
  const known = withRole(describeWorld(), await describeTaggedRole());
  const named = pipelines.flatMap(({ yaml }) => yaml.match(/arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+/g) ?? []);
  const isKnown = new Set<string>([...Object.values(ROLES), "arn:aws:iam::123456789012:role/shop"]);
  const missing = named.filter((arn) => !isKnown.has(arn));
  const added = describeRoles(Object.fromEntries(missing.map((arn) => [arn, "main"] as const)));
  const merged = Object.entries(added.accounts).map(([id, account]) => {
    const roles = [...(known.accounts[id]?.roles ?? []), ...(account.roles ?? [])];
    return [id, { ...account, ...known.accounts[id], roles }] as const;
  });
  return { accounts: { ...known.accounts, ...Object.fromEntries(merged) } };
}

function withRole({ accounts }: StsWorld, role: Role): StsWorld {
  const { "123456789012": account, ...others } = accounts;
  return {
    accounts: { ...others, "123456789012": { ...account, roles: [...(account?.roles ?? []), role] } },
  };
}

let world: World;
beforeAll(async () => {
  world = await startWorld({ world: await worldOfPages() });
});
afterAll(() => world.close());

it("finds pipelines in the README and on the pages about tools", () => {
  const foundIn = (pattern: RegExp): number => pipelines.filter(({ name }) => pattern.test(name)).length;
  expect(foundIn(/^README/)).toBeGreaterThan(1);
  expect(foundIn(/^docs\/use\//)).toBeGreaterThan(8);
});

const configurations: Record<string, Configuration> = {};

describe("the pipeline of", () => {
  it.each(pipelines)("$name runs, and its tools act as a role", async ({ name, yaml, idTokens, manual }) => {
    const run = await runPipeline(world, {
      files: { ...FILES, ".gitlab-ci.yml": withLocalComponents(yaml) },
      variables: VARIABLES,
      probes: PROBES,
      idTokens,
      manual,
    });
    configurations[name] = run.configuration;
    expect(run.output).not.toMatch(/^.*FAIL.*$/m);
    expect(run.exitCode, run.output).toBe(0);
    expect(Object.keys(run.jobs)).toEqual(expect.arrayContaining(Object.keys(idTokens)));
    const probed = Object.values(run.jobs).flatMap(({ log }) => log.match(/^.* → .*$/gm) ?? []);
    for (const line of probed) expect(line).toMatch(/ → arn:aws:sts::\d{12}:assumed-role\//);
  });
});

it("all that is run or only shown fits GitLab's schema", async () => {
  const shown = pages.flatMap(shownPipelinesOf).map(({ name, yaml }) => [name, parse(yaml)] as const);
  expect(shown.length).toBeGreaterThan(1);
  expect(await checkSchema({ ...configurations, ...Object.fromEntries(shown) })).toContain(
    "json schema validated",
  );
});

it("would find that a block does not fit GitLab's schema", async () => {
  const page = parsePage("page.md", "```yaml\ninclude: []\njob: { script: echo, need: [build] }\n```\n");
  const [{ yaml = "" } = {}] = pipelinesOf(page);
  const said = await checkSchema({ "page.md": parse(yaml) });
  expect(said).toContain("'need' property is not expected to be here");
  expect(said).toContain("page.md job");
});
