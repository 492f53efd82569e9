import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

it("links to the role from the job's page", async () => {
  let annotations = "";
  const run = await runInWorld(world, {
    after: (folder) => {
      annotations = readFileSync(join(folder, "aws-oidc-31337.annotations.json"), "utf8");
    },
  });
  expect(run.exitCode).toBe(0);
  expect(JSON.parse(annotations)).toEqual({
    AWS: [
      {
        external_link: {
          label: "IAM role deploy",
          url: "https://console.aws.amazon.com/iam/home#/roles/details/deploy",
        },
      },
    ],
  });
});

it("does not where that is not wanted, or where there is no job", async () => {
  expect((await runInWorld(world, { env: { AWS_OIDC_CONSOLE_LINK: "hidden" } })).files).toEqual([
    "aws-oidc-31337.env",
  ]);
  expect((await runInWorld(world, { env: { CI_JOB_URL: undefined } })).files).toEqual(["aws-oidc-31337.env"]);
});
