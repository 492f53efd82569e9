import { get } from "node:https";
import { afterEach, describe, expect, it } from "vitest";
import { type Listener, type ServerCertificate, startListener } from "../../stand-ins/http-listener.ts";
import { IPV6_LOOPBACK } from "../harness/loopback.ts";
import { createAuthority, type LeafOptions } from "./certificates.ts";

const LOOPBACK: LeafOptions = { dnsNames: ["localhost"], ipAddresses: ["127.0.0.1", "::1"] };
const PAST = { notBefore: new Date("2020-01-01T00:00:00Z"), notAfter: new Date("2020-02-01T00:00:00Z") };

const listeners: Listener[] = [];
afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.close()));
});

/** Status of a request over TLS, or the code of the error that the client sees. */
async function visit(
  tls: ServerCertificate,
  ca: string,
  host = "127.0.0.1",
): Promise<number | string | undefined> {
  const listener = await startListener({
    tls,
    host: host === "localhost" ? "127.0.0.1" : host,
    handle: async (_request, response) => void response.end(),
  });
  listeners.push(listener);
  return new Promise((resolve) => {
    get({ host, port: listener.port, ca, agent: false }, (response) =>
      resolve(response.resume().statusCode),
    ).on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
  });
}

describe("a certificate of a throw-away authority", () => {
  it.each(["127.0.0.1", ...IPV6_LOOPBACK, "localhost"])(
    "is accepted for %s by a client that knows the authority",
    async (host) => {
      const authority = await createAuthority();
      expect(await visit(await authority.issue(LOOPBACK), authority.certificatePem, host)).toBe(200);
    },
  );

  it("is refused by a client that knows another authority", async () => {
    const [authority, other] = await Promise.all([
      createAuthority(),
      createAuthority({ commonName: "Other CA" }),
    ]);
    expect(await visit(await authority.issue(LOOPBACK), other.certificatePem)).toBe(
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    );
  });

  it("is refused once it has expired", async () => {
    const authority = await createAuthority();
    const leaf = await authority.issue({ ...LOOPBACK, ...PAST });
    expect(await visit(leaf, authority.certificatePem)).toBe("CERT_HAS_EXPIRED");
  });

  it("is refused once its authority has expired", async () => {
    const authority = await createAuthority(PAST);
    expect(await visit(await authority.issue(LOOPBACK), authority.certificatePem)).toBe("CERT_HAS_EXPIRED");
  });

  it.each([{ dnsNames: ["sts.eu-west-1.amazonaws.com"] }, { ipAddresses: ["127.0.0.2"] }, {}])(
    "is refused for a host that it does not name: %j",
    async (names) => {
      const authority = await createAuthority();
      expect(await visit(await authority.issue(names), authority.certificatePem)).toBe(
        "ERR_TLS_CERT_ALTNAME_INVALID",
      );
    },
  );
});
