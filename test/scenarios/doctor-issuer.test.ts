import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { describeWorld } from "../fakes/world.ts";
import type { ScriptRun } from "../harness/run-script.ts";
import { stable } from "../harness/stable.ts";
import { type DoctorWorld, startDoctorWorld } from "./doctor-world.ts";

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
    expect(issuerLines(run)).toMatchInlineSnapshot(`
      "! Issuer         https://127.0.0.1:<port> answers in <seconds> s (certificate of localhost by Stand-in Root CA, until <instant>)
                       127.0.0.1 is a private address, at which AWS cannot reach it
                       AWS must reach both documents from the Internet too. An instance that it cannot reach can publish copies elsewhere:
                       set \`ci_id_tokens_issuer_url\` to their public URL (GitLab 18.1), and make the identity provider for that URL.
      "
    `);
  });

  it("does not publish the key that signed the token", async () => {
    const env = world.environment({}, { header: { kid: "old-key" } });
    const run = await world.run(env);
    expect(issuerLines(run)).toMatchInlineSnapshot(`
      "✖ Issuer         AWS cannot verify tokens of https://127.0.0.1:<port>: https://127.0.0.1:<port>/oauth/discovery/keys: the key of this token (kid old-key) is not among the 1 in it
                       127.0.0.1 is a private address, at which AWS cannot reach it
                       AWS must reach both documents from the Internet too. An instance that it cannot reach can publish copies elsewhere:
                       set \`ci_id_tokens_issuer_url\` to their public URL (GitLab 18.1), and make the identity provider for that URL.
      "
    `);
    expect(run.exitCode).toBe(1);
  });

  it("answers with a login page", async () => {
    world.issuer.behave("html");
    expect(issuerLines(await world.run(world.environment()))).toMatchInlineSnapshot(`
      "✖ Issuer         AWS cannot verify tokens of https://127.0.0.1:<port>: https://127.0.0.1:<port>/.well-known/openid-configuration answers HTTP 200 and no discovery document
                       AWS must reach both documents from the Internet too. An instance that it cannot reach can publish copies elsewhere:
                       set \`ci_id_tokens_issuer_url\` to their public URL (GitLab 18.1), and make the identity provider for that URL.
      "
    `);
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
                       AWS must reach both documents from the Internet too. An instance that it cannot reach can publish copies elsewhere:
                       set \`ci_id_tokens_issuer_url\` to their public URL (GitLab 18.1), and make the identity provider for that URL.
      "
    `);
  });

  it("cannot be reached from here, which stands in nobody's way by itself", async () => {
    const iss = "https://127.0.0.1:1";
    const run = await world.run(world.environment({ claims: { iss, aud: iss } }));
    expect(issuerLines(run)).toMatchInlineSnapshot(`
      "! Issuer         https://127.0.0.1:<port>
                       https://127.0.0.1:<port>/.well-known/openid-configuration cannot be reached from here: connect ECONNREFUSED 127.0.0.1:1
                       AWS must reach both documents from the Internet too. An instance that it cannot reach can publish copies elsewhere:
                       set \`ci_id_tokens_issuer_url\` to their public URL (GitLab 18.1), and make the identity provider for that URL.
      "
    `);
  });

  it("is not https, which AWS takes alone", async () => {
    const run = await world.run(world.environment({ claims: { iss: "http://127.0.0.1:1" } }));
    expect(issuerLines(run)).toContain("AWS takes https URLs only");
  });
});
