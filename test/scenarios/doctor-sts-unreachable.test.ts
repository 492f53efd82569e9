import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startDeadListener } from "../faults/dead-listener.ts";
import { type DoctorWorld, printed, startDoctorWorld } from "./doctor-world.ts";

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
  expect(printed(run)).toMatchInlineSnapshot(`
    "exit code 1
    ✔ ID token       acme/shop, branch main; valid for 1 h, until <instant>
                     Read without verifying its signature: AWS does that.
                     iss  https://127.0.0.1:<port>
                     aud  https://127.0.0.1:<port>
                     sub  project_path:acme/shop:ref_type:branch:ref:main
    ! Issuer         https://127.0.0.1:<port> answers in <seconds> s (certificate of localhost by Stand-in Root CA, until <instant>)
                     127.0.0.1 is a private address, at which AWS cannot reach it
                     AWS must reach both documents from the Internet too. An instance that it cannot
                     reach can publish copies elsewhere: set \`ci_id_tokens_issuer_url\` to their public
                     URL (GitLab 18.1), and make the identity provider for that URL.
    ✔ Role ARN       deploy in account 123456789012 (aws)
    ✔ Configuration  every input is valid
    ✔ Variables      none takes the place of the credentials
    ✖ STS endpoint   STS at https://127.0.0.1:<port> cannot be reached: ECONNREFUSED, the connection is refused
                     NODE_EXTRA_CA_CERTS: the authorities in "/…/ca.pem", if Node can read it, are trusted too, so that a server with a certificate of theirs passes for STS.
    – Exchange       not tried, since STS cannot be reached
    – Trust policy   none was given; \`aws iam get-role --role-name <role> --output json > policy.json\` fetches it for \`trust-policy-file\`

    ✖ STS at https://127.0.0.1:<port> cannot be reached: ECONNREFUSED, the connection is refused
      STS said  nothing: connect ECONNREFUSED 127.0.0.1:<port>

    What it may be, most likely first
      1. The endpoint given by URL is not there: STS at https://127.0.0.1:<port>.
         → Check the input \`sts-endpoint\` and the variables AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL,
           or leave them out.
      2. This runner reaches the Internet through a proxy only, and none is set.
         → variables:
             HTTPS_PROXY: http://<proxy>:<port>
      3. A firewall between the runner and STS lets nothing through, or the runner has no way out.
         → Allow the runner to reach port 443 of the STS endpoint, or add a VPC endpoint for STS (input
           \`sts-endpoint\`).
    "
  `);
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

it("wonders about an endpoint that does not answer like STS, and tries it all the same", async () => {
  const run = await world.run({ ...world.environment(), AWS_OIDC_STS_ENDPOINT: world.issuer.url });
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toMatch(/! STS endpoint +.*but with HTTP 404/);
  expect(run.stdout).toMatch(/✖ Exchange +.*what answered is not STS/);
});
