import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startDeadListener } from "../faults/dead-listener.ts";
import { unwrapped } from "../harness/stable.ts";
import { type DoctorWorld, startDoctorWorld, statusesIn } from "./doctor-world.ts";

let world: DoctorWorld;
beforeAll(async () => {
  world = await startDoctorWorld();
});
afterAll(() => world.close());

it("does not try the exchange, and says how STS may be reached", async () => {
  const run = await world.run({
    ...world.environment(),
    AWS_OIDC_STS_ENDPOINT: "https://127.0.0.1:1",
  });
  expect(run).toMatchObject({ exitCode: 1, stderr: "" });
  expect(statusesIn(run)).toMatchObject({ "STS endpoint": "✖", Exchange: "–", "Trust policy": "–" });
  const verdict = unwrapped(/^✖ STS at [\s\S]*/m.exec(run.stdout)?.[0] ?? "");
  expect(verdict).toMatch(/^✖ STS at https:\/\/127.0.0.1:1 cannot be reached: ECONNREFUSED/);
  expect(verdict).toMatch(/ 1\. .*`sts-endpoint`.* 2\. .*HTTPS_PROXY.* 3\. .*port 443 of the STS endpoint/);
});

it.each([
  [
    "a certificate bundle",
    { AWS_CA_BUNDLE: "/nowhere.pem" },
    'AWS_CA_BUNDLE: "/nowhere.pem" cannot be read (ENOENT)',
  ],
  [
    "a proxy",
    { HTTPS_PROXY: "ftp://proxy", AWS_OIDC_STS_ENDPOINT: "https://127.0.0.1:1" },
    "HTTPS_PROXY is not the URL of an http or https proxy",
  ],
])("goes on to the end with %s that cannot be used, and says which it is", async (_, env, verdict) => {
  const run = await world.run({ ...world.environment(), ...env });
  expect(run).toMatchObject({ exitCode: 1, stderr: "" });
  expect(run.stdout).toContain(`✖ STS endpoint   ${verdict}\n– Exchange       not tried`);
  expect(run.stdout).toContain(`\n✖ ${verdict}\n\n  CONFIG_INVALID\n  → `);
});

it("tells a connection that is not accepted from an answer that does not come", async () => {
  const dead = await startDeadListener("127.0.0.2");
  try {
    const endpoint = `https://127.0.0.2:${dead.port}`;
    const run = await world.run({ ...world.environment(), AWS_OIDC_STS_ENDPOINT: endpoint });
    expect(run.stdout).toMatch(/^✖ STS endpoint +STS at \S+ did not accept the connection in time$/m);
  } finally {
    await dead.close();
  }
});

it("tells what each address of the host says", async () => {
  const run = await world.run(
    {
      ...world.environment(),
      AWS_OIDC_STS_ENDPOINT: "https://sts.test:1",
      NAME_SERVICE: JSON.stringify({ "sts.test": ["127.0.0.1", "127.0.0.2"] }),
    },
    { node: [process.execPath, "--import", join(import.meta.dirname, "../faults/name-service.ts")] },
  );
  expect(run.stdout).toContain(
    "STS said  nothing: connect ECONNREFUSED 127.0.0.1:1; connect ECONNREFUSED 127.0.0.2:1\n",
  );
});

it("wonders about an endpoint that does not answer like STS, and tries it anyway", async () => {
  const run = await world.run({ ...world.environment(), AWS_OIDC_STS_ENDPOINT: world.issuer.url });
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toMatch(/! STS endpoint +.*but with HTTP 404/);
  expect(run.stdout).toMatch(/✖ Exchange +.*the answer is not from STS/);
});
