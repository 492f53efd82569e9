import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { expectToldProblems } from "../harness/told-problems.ts";
import { openLink, PAGE } from "./playground-page.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("ends a refusal with a link that holds the job's claims, and nothing of a person or a token", async () => {
  const env = { ...world.environment({ ref: "feature" }), AWS_OIDC_PLAYGROUND_URL: PAGE };
  const run = await runInWorld(world, { env });
  const [, link = ""] = /\n\nTry it in the playground:\n(\S+)\n$/.exec(run.stderr) ?? [];
  const opened = await openLink(link);
  expect(opened?.claims).toMatchObject({ sub: "project_path:acme/shop:ref_type:branch:ref:feature" });
  expect(JSON.stringify(opened?.claims)).not.toMatch(/user_(?!access_level)|"(?:exp|iat|jti)"/);
  expect(opened?.otherClaims).toBe("unknown");
  expect(run.exitCode).toBe(1);
});

it("has none where no trust policy was read", async () => {
  const message = "No OpenIDConnect provider found in your account for https://gitlab.example.com";
  world.sts.misbehave({ fault: { kind: "error", status: 400, code: "InvalidIdentityToken", message } });
  const env = { ...world.environment(), AWS_OIDC_PLAYGROUND_URL: PAGE };
  const run = await runInWorld(world, { env });
  expect(run.stderr).toContain("No OpenIDConnect provider found");
  expect(run.stderr).not.toContain(PAGE);
});

it("has none unless it knows where the page is", async () => {
  const run = await runInWorld(world, { env: world.environment({ ref: "feature" }) });
  expect(run.stderr).toContain("AccessDenied");
  expect(run.stderr).not.toContain("playground");
});

it("asks AWS nothing when the address is not one", async () => {
  const env = { ...world.environment(), AWS_OIDC_PLAYGROUND_URL: "acme.gitlab.io/aws-oidc" };
  const run = await runInWorld(world, { env });
  expectToldProblems(run, [["playground-url", '"acme.gitlab.io/aws-oidc"']]);
  expect(run).toMatchObject({ exitCode: 2, actions: [] });
});
