import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startListener } from "../../stand-ins/http-listener.ts";
import type { IssuerBehaviour } from "../../stand-ins/issuer.ts";
import { createAuthority } from "../fakes/certificates.ts";
import { startProxy } from "../fakes/proxy.ts";
import { describeWorld } from "../fakes/world.ts";
import type { ScriptRun } from "../harness/run-script.ts";
import { stable, unwrapped } from "../harness/stable.ts";
import { type DoctorWorld, startDoctorWorld } from "./doctor-world.ts";

/** Loaded into the run, so that no name leaves the machine. */
const WITH_NAME_SERVICE = [
  process.execPath,
  "--import",
  join(import.meta.dirname, "../faults/name-service.ts"),
] as const;

let world: DoctorWorld;
beforeAll(async () => {
  // An account without the identity provider, so that the exchange never vouches for the issuer.
  world = await startDoctorWorld(() => describeWorld("https://other.example.com"));
});
afterEach(() => world.issuer.behave("normal"));
afterAll(() => world.close());

/** What the list says of the issuer, with its notes. */
function issuerLines({ stdout }: ScriptRun): string {
  return stable(/^. Issuer[\s\S]*?(?=^. Role ARN)/m.exec(stdout)?.[0] ?? "");
}

describe("the issuer", () => {
  it("is fine from here, and must be reached by AWS too", async () => {
    const run = await world.run(world.environment());
    const lines = unwrapped(issuerLines(run));
    expect(lines).toMatch(
      /^! Issuer https:\/\/127.0.0.1:<port> answers in <seconds> s \(certificate of localhost by Stand-in Root CA, until <instant>\)/,
    );
    expect(lines).toContain("127.0.0.1 is a private address, where AWS cannot reach it");
    expect(lines).toContain("AWS must also reach both documents, from the Internet.");
  });

  it("does not publish the key that signed the token", async () => {
    const env = world.environment({}, { header: { kid: "old-key" } });
    const run = await world.run(env);
    expect(unwrapped(issuerLines(run))).toMatch(
      /^✖ Issuer AWS cannot verify tokens of .*\/oauth\/discovery\/keys: the key of this token \(kid old-key\) is not among the 1 in it/,
    );
    expect(run.exitCode).toBe(1);
  });

  it("answers with a login page", async () => {
    world.issuer.behave("html");
    expect(issuerLines(await world.run(world.environment()))).toMatch(
      /^✖ Issuer .*\/.well-known\/openid-configuration answers HTTP 200 without a discovery document/,
    );
  });

  it("fails", async () => {
    world.issuer.behave("server-error");
    expect(issuerLines(await world.run(world.environment()))).toContain("answers HTTP 500");
  });

  it("publishes keys that AWS cannot choose from", async () => {
    world.issuer.behave("keys-without-kid");
    expect(issuerLines(await world.run(world.environment()))).toContain("a key in it has no `kid`");
  });

  it("has a certificate that this runner does not know, and which one that is", async () => {
    const run = await world.run({ ...world.environment(), NODE_EXTRA_CA_CERTS: undefined });
    expect(issuerLines(run)).toMatchInlineSnapshot(`
      "! Issuer         https://127.0.0.1:<port>
                       https://127.0.0.1:<port>/.well-known/openid-configuration cannot be reached from here: unable to verify the first certificate (UNABLE_TO_VERIFY_LEAF_SIGNATURE)
                       The certificates that it sends:
                         localhost, issued by Stand-in Root CA
                       Possible causes, most likely first:
                       - The server or proxy sends only its own certificate, without the intermediate above it.
                         → Make it send the whole chain, or add the intermediate to the file in NODE_EXTRA_CA_CERTS.
                       - A TLS-inspecting proxy signs with the company's own root certificate, which this image does not know.
                         → Put that root certificate into a CI/CD variable of type File, and point to it:
                           variables:
                             NODE_EXTRA_CA_CERTS: $COMPANY_ROOT_CA
                       AWS must also reach both documents, from the Internet. If it cannot reach the
                       instance, publish copies elsewhere: set \`ci_id_tokens_issuer_url\` to their public
                       URL (GitLab 18.1), and create the identity provider for that URL.
      "
    `);
  });

  it("cannot be reached from here, which blocks nobody by itself", async () => {
    const iss = "https://127.0.0.1:1";
    const run = await world.run(world.environment({ claims: { iss, aud: iss } }));
    expect(unwrapped(issuerLines(run))).toMatch(
      /^! Issuer .* cannot be reached from here: connect ECONNREFUSED 127.0.0.1:1 .*HTTPS_PROXY: .*A firewall between the runner and the issuer/,
    );
  });

  it("is not https, which AWS takes alone", async () => {
    const run = await world.run(world.environment({ claims: { iss: "http://127.0.0.1:1" } }));
    expect(issuerLines(run)).toContain("AWS accepts https URLs only");
  });

  const keysAt = (keysUrl: string) => ({ discovery: { jwks_uri: keysUrl } });
  const faults: readonly (readonly [string, IssuerBehaviour, RegExp])[] = [
    [
      "by http",
      keysAt("http://127.0.0.1:1/keys"),
      /the keys are at http:.*, and AWS accepts https URLs only/,
    ],
    ["in a file", keysAt("file:///etc/passwd"), /the keys are at file:.*, and AWS accepts https URLs only/],
    ["that is a shared secret", { key: { kty: "oct" } }, /the token's key has the type oct/],
    ["without a signature", { key: { alg: "none" } }, /the token's key is for `alg` none/],
  ];
  it.each(faults)("publishes a key %s, which AWS does not accept", async (_, behaviour, expected) => {
    world.issuer.behave(behaviour);
    const run = await world.run(world.environment());
    expect(issuerLines(run)).toMatch(new RegExp(`^✖ Issuer .*${expected.source}`));
    expect(run.exitCode).toBe(1);
  });

  it("asks for keys by https only", async () => {
    const others = await startListener({ handle: async (_, response) => void response.end("{}") });
    try {
      world.issuer.behave(keysAt(`${others.origin}/keys`));
      await world.run(world.environment());
      expect(others.connections).toBe(0);
    } finally {
      await others.close();
    }
  });

  it("offers tokens without a signature", async () => {
    world.issuer.behave({ discovery: { id_token_signing_alg_values_supported: ["RS256", "none"] } });
    const lines = issuerLines(await world.run(world.environment()));
    expect(lines).toContain("the discovery document offers the algorithm `none`, which means no signature");
  });

  it("has its keys on another host", async () => {
    world.issuer.behave(keysAt(`${world.issuer.iss.replace("127.0.0.1", "localhost")}/oauth/discovery/keys`));
    const lines = issuerLines(await world.run(world.environment()));
    expect(lines).toMatch(/the keys are on another host, localhost:\d+: whoever runs it/);
  });

  it("is told of a token that nobody has signed", async () => {
    const run = await world.run(world.environment({}, { header: { alg: "none" } }));
    expect(issuerLines(run)).toMatch(/^✖ Issuer .*the token is signed by `alg` none; AWS accepts RS256/);
  });

  it("is reached through a proxy, whose own address says nothing", async () => {
    const proxy = await startProxy();
    try {
      const run = await world.run({ ...world.environment(), HTTPS_PROXY: proxy.url });
      expect(proxy.requests.length).toBeGreaterThan(0);
      expect(issuerLines(run)).toMatch(/answers in .*\(certificate of localhost by Stand-in Root CA/);
      expect(issuerLines(run)).not.toContain("private address");
    } finally {
      await proxy.close();
    }
  });

  it("is inspected by a proxy, whose certificates are shown and not those of the issuer", async () => {
    const company = await createAuthority({ commonName: "Company CA" });
    const inspector = await startListener({
      handle: async (_, response) => void response.end(),
      tls: await company.issue({ dnsNames: ["inspected"], ipAddresses: ["127.0.0.1"] }),
    });
    const proxy = await startProxy({ otherwise: { toPort: inspector.port } });
    const before = world.issuer.requests.length;
    try {
      const lines = issuerLines(await world.run({ ...world.environment(), HTTPS_PROXY: proxy.url }));
      expect(lines).toContain("inspected, issued by Company CA");
      expect(lines).not.toContain("Stand-in Root CA");
      expect(world.issuer.requests.length).toBe(before);
    } finally {
      await Promise.all([proxy.close(), inspector.close()]);
    }
  });

  it("cannot be reached, with a proxy for http only", async () => {
    const iss = "https://127.0.0.1:1";
    const env = { ...world.environment({ claims: { iss, aud: iss } }), HTTP_PROXY: "http://127.0.0.1:1" };
    expect(issuerLines(await world.run(env))).toMatch(
      /connect ECONNREFUSED[\s\S]*- HTTP_PROXY is set, but it applies to http only, and this is https\.\n +→ Set HTTPS_PROXY/,
    );
  });

  it("has several addresses, of which none answers", async () => {
    const iss = "https://gitlab.test:1";
    const env = {
      ...world.environment({ claims: { iss, aud: iss } }),
      NAME_SERVICE: JSON.stringify({ "gitlab.test": ["127.0.0.1", "127.0.0.2"] }),
    };
    const lines = issuerLines(await world.run(env, { node: WITH_NAME_SERVICE }));
    expect(lines).toContain("connect ECONNREFUSED 127.0.0.1:1; connect ECONNREFUSED 127.0.0.2:1");
    expect(lines).toContain("A firewall between the runner and the issuer blocks the connection");
  });
});

it("says that the token is read without verifying it", async () => {
  const run = await world.run(world.environment({}, { foreignKey: true }));
  expect(run.stdout).toMatch(/^✔ ID token .*\n +Read without verifying its signature: AWS does that\.$/m);
});
