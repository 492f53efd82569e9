import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const COLOURS = { GITLAB_CI: "true", NO_COLOR: "" };

it("paints a success in a GitLab job", async () => {
  const run = await runInWorld(world, { env: COLOURS });
  expect(run.exitCode).toBe(0);
  const [verdict, ...facts] = escaped(run.stdout).trimEnd().split("\n");
  expect(verdict).toMatch(/^<ESC>\[32;1m✔<ESC>\[0m <ESC>\[1marn:aws:sts::\S+\/deploy\/\S+<ESC>\[0m$/);
  const labelled = facts.filter((line) => !/^ {10}/.test(line));
  expect(labelled.length).toBeGreaterThan(3);
  for (const line of labelled) expect(line).toMatch(/^ {2}<ESC>\[90m[a-z ]+<ESC>\[0m {2}[^<]+$/);
});

it("paints problems in a GitLab job", async () => {
  const run = await runInWorld(world, { env: { ...COLOURS, AWS_OIDC_REGION: "nowhere" } });
  expect(run.exitCode).toBe(2);
  const [verdict, , problem, expected, fix] = escaped(run.stderr).split("\n");
  expect(verdict).toMatch(/^<ESC>\[31;1m✖<ESC>\[0m <ESC>\[1m[^<]+<ESC>\[0m$/);
  expect(problem).toMatch(/^ {2}<ESC>\[1mregion: <ESC>\[0m"nowhere" is not an AWS Region[^<]+$/);
  expect(expected).toMatch(/^ {4}<ESC>\[90m[a-z]+<ESC>\[0m a Region such as [^<]+$/);
  expect(fix).toMatch(/^ {4}<ESC>\[32;1m→<ESC>\[0m [^<]+$/);
});

it("paints nothing where NO_COLOR forbids it", async () => {
  const run = await runInWorld(world, { env: { ...COLOURS, NO_COLOR: "1" } });
  expect(run.stdout).not.toContain("\u001b");
});

function escaped(text: string): string {
  return text.replaceAll("\u001b", "<ESC>");
}
