import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { findSecrets } from "../harness/secret-search.ts";
import { runPipeline } from "./pipeline.ts";

const PIPELINE = `
include:
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/assume-role@$CI_COMMIT_SHA
    inputs:
      role-arn: arn:aws:iam::123456789012:role/deploy

careless:
  stage: deploy
  needs: [assume-role]
  script:
    - printf %s "$AWS_SESSION_TOKEN" | base64
    - printf %s "$AWS_SECRET_ACCESS_KEY" > key.txt
`;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("are found in logs and files, and named without the secret", async () => {
  const run = runPipeline(world, { files: { ".gitlab-ci.yml": PIPELINE } });
  const { message } = await run.then(() => new Error("no leak found")).catch((error: Error) => error);
  expect(message).toMatch(/^The pipeline left secrets behind:$/m);
  expect(message).toMatch(/\/output\/careless\.log: secret \d+ in base64/);
  expect(message).toMatch(/\/builds\/careless\/key\.txt: secret \d+ as it is/);
  expect(findSecrets(message, world.sts.secretsIssued())).toEqual([]);
});
