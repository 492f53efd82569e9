import { afterAll, beforeAll, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { expectProblems } from "../harness/told-problems.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("asks for the input when there is none", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_ROLE_ARN: undefined } });
  expectProblems(run, ["role-arn", /^no value .*the input `role-arn`, or the flag --role-arn/]);
});

it("explains why a CI/CD variable may be empty", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_ROLE_ARN: "" } });
  expectProblems(run, [
    "role-arn",
    /^an empty value .*protected variable is empty on unprotected refs.*`environment`/,
  ]);
});

it("names the variable that GitLab did not expand", async () => {
  const run = await runInWorld(world, { env: { AWS_OIDC_ROLE_ARN: "$ROLE_ARN" } });
  expectProblems(run, [
    "role-arn",
    /^"\$ROLE_ARN", in which GitLab did not expand ROLE_ARN .*CI\/CD variable ROLE_ARN/,
  ]);
});

it("names it inside an ARN too", async () => {
  const run = await runInWorld(world, {
    env: { AWS_OIDC_ROLE_ARN: "arn:aws:iam::$ACCOUNT_ID:role/deploy" },
  });
  expectProblems(run, ["role-arn", /did not expand ACCOUNT_ID .*CI\/CD variable ACCOUNT_ID/]);
});
