import { afterAll, beforeAll, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { expectProblems } from "../harness/told-problems.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("refuses a token of another kind", async () => {
  const run = await runInWorld(world, { env: { GITLAB_OIDC_TOKEN: "glcbt-64_3xNkYDc1sN8wBnzd5mVq" } });
  expectProblems(run, ["GITLAB_OIDC_TOKEN", /^something that is not a JSON Web Token .*not CI_JOB_TOKEN/]);
});

it("refuses the literal name of a variable", async () => {
  const run = await runInWorld(world, { env: { GITLAB_OIDC_TOKEN: "$GITLAB_OIDC_TOKEN" } });
  expectProblems(run, [
    "GITLAB_OIDC_TOKEN",
    /^the name of a variable instead of a token .*from `variables:`/,
  ]);
});

it("refuses a token with a trailing line break, which STS would misunderstand", async () => {
  const run = await runInWorld(world, { env: { GITLAB_OIDC_TOKEN: `${world.mintToken()}\n` } });
  expectProblems(run, [
    "GITLAB_OIDC_TOKEN",
    /^a token that contains white space .*without a trailing line break/,
  ]);
});

it("names every claim that is missing", async () => {
  const run = await runInWorld(world, {
    env: {
      GITLAB_OIDC_TOKEN: world.mintToken({
        claims: { iss: undefined, sub: undefined, aud: "", iat: "now", exp: undefined },
      }),
    },
  });
  expectProblems(
    run,
    ['claim "iss"', "missing or of the wrong type"],
    ['claim "sub"', "missing or of the wrong type"],
    ['claim "iat"', "missing or of the wrong type"],
    ['claim "exp"', "missing or of the wrong type"],
    ['claim "aud"', "missing or empty"],
  );
});
