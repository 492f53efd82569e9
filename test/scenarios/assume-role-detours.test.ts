import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HttpProxy, startProxy } from "../fakes/proxy.ts";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";

let world: World;
let proxy: HttpProxy;
beforeAll(async () => {
  world = await startWorld({ tls: true });
  proxy = await startProxy({ credentials: { user: "runner", password: "throw-away-password" } });
});
afterAll(() => Promise.all([world.close(), proxy.close()]));

/** What the log notes before the verdict. */
async function notes(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const run = await runInWorld(world, {
    env,
    prepare: (folder) => writeFileSync(join(folder, "ca.pem"), world.authority?.certificatePem ?? ""),
  });
  expect(run).toMatchObject({ exitCode: 0, actions: ["AssumeRoleWithWebIdentity", "GetCallerIdentity"] });
  expect(run.stdout + run.stderr).not.toContain("throw-away");
  return run.stderr;
}

const OWN = { NODE_EXTRA_CA_CERTS: undefined, AWS_CA_BUNDLE: "ca.pem" };
const OWN_NOTE =
  '! AWS_CA_BUNDLE: only the authorities in "ca.pem" are trusted, so a server with a certificate from them is accepted as STS.\n';

describe("a variable that decides where the ID token goes is named", () => {
  it.each(["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"])("an endpoint in %s", async (variable) => {
    const { url } = world.sts;
    const env = { ...OWN, AWS_OIDC_STS_ENDPOINT: undefined, [variable]: url };
    expect(await notes(env)).toBe(
      `! ${variable}: the ID token is sent to ${url}, which is not AWS STS.\n${OWN_NOTE}`,
    );
  });

  it.each(["https_proxy", "HTTPS_PROXY", "ALL_PROXY"])(
    "a proxy in %s, without its password",
    async (variable) => {
      expect(await notes({ ...OWN, [variable]: proxy.urlWithCredentials })).toBe(
        `! ${variable}: STS is reached through the proxy ${proxy.url}.\n${OWN_NOTE}`,
      );
    },
  );

  it("further authorities in NODE_EXTRA_CA_CERTS", async () => {
    expect(await notes({ NODE_EXTRA_CA_CERTS: "ca.pem" })).toBe(
      '! NODE_EXTRA_CA_CERTS: the authorities in "ca.pem", if Node can read it, are trusted too, so a server with a certificate from them is accepted as STS.\n',
    );
  });
});

it("nothing is said of the input, nor of a proxy that is not used", async () => {
  expect(await notes({ ...OWN, HTTPS_PROXY: proxy.urlWithCredentials, NO_PROXY: "127.0.0.1" })).toBe(
    OWN_NOTE,
  );
});
