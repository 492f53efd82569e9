import { afterAll, beforeAll, expect, it } from "vitest";
import { unwrapped } from "../harness/stable.ts";
import { type DoctorWorld, startDoctorWorld, statusesIn } from "./doctor-world.ts";

let world: DoctorWorld;
beforeAll(async () => {
  world = await startDoctorWorld();
});
afterAll(() => world.close());

it("looks at everything that needs no token", async () => {
  const run = await world.run({ ...world.environment(), GITLAB_OIDC_TOKEN: undefined });
  expect(run).toMatchObject({ exitCode: 1, stderr: "" });
  expect(statusesIn(run)).toEqual({
    "ID token": "✖",
    Issuer: "!",
    "Role ARN": "✔",
    Configuration: "✔",
    Variables: "–",
    "STS endpoint": "✔",
    Exchange: "–",
    "Trust policy": "–",
  });
  expect(unwrapped(run.stdout)).toMatch(
    /✖ GITLAB_OIDC_TOKEN: the variable is not set .*id_tokens: GITLAB_OIDC_TOKEN: aud: \$CI_SERVER_URL $/,
  );
  expect(world.sts.requests).toEqual([]);
});

it("lists every wrong input in the place where it belongs", async () => {
  const run = await world.run({
    ...world.environment(),
    AWS_OIDC_ROLE_ARN: "arn:aws:iam::123456789012:user/ada",
    AWS_OIDC_DURATION_SECONDS: "3600s",
    AWS_OIDC_SESSION_NAME: "acme/shop",
    AWS_OIDC_STS_ENDPOINT: "sts.eu-central-1.amazonaws.com",
  });
  expect(run.exitCode).toBe(1);
  expect(statusesIn(run)).toEqual({
    "ID token": "✔",
    Issuer: "!",
    "Role ARN": "✖",
    Configuration: "✖",
    Variables: "–",
    "STS endpoint": "✖",
    Exchange: "–",
    "Trust policy": "–",
  });
  expect(run.stdout.match(/^✖ (?!\w[\w ]* {2,}).*$/gm)).toEqual([
    '✖ role-arn: "arn:aws:iam::123456789012:user/ada" is the ARN of an IAM user',
    "✖ 2 inputs are wrong: session-name, duration-seconds",
    '✖ sts-endpoint: "sts.eu-central-1.amazonaws.com" is not a URL',
  ]);
});
