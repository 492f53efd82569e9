import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

// Nothing listens on this port: it belongs to a service that nobody runs.
const NOBODY = "http://127.0.0.1:1";

it.each(["1", "2"])(
  "says where STS was looked for and why it was not found, after %s attempts",
  async (attempts) => {
    const env = { AWS_OIDC_STS_ENDPOINT: NOBODY, AWS_MAX_ATTEMPTS: attempts };
    const run = await runInWorld(world, { env });
    expect(run).toMatchObject({ exitCode: 1, files: [], actions: [] });
    expect(run.stderr).toMatch(new RegExp(`^✖ STS at ${NOBODY} cannot be reached: ECONNREFUSED`));
    expect(run.stderr).toContain("HTTPS_PROXY");
    expect(run.stdout.match(/retrying/g) ?? []).toHaveLength(Number(attempts) - 1);
  },
);
