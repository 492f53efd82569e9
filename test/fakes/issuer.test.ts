import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Issuer, startIssuer } from "../../stand-ins/issuer.ts";
import { IPV6_LOOPBACK } from "../harness/loopback.ts";

let issuer: Issuer;
beforeAll(async () => {
  issuer = await startIssuer({
    iss: "https://gitlab.example.com/gitlab",
    clock: () => new Date(1_681_395_193_000),
  });
});
afterAll(() => issuer.close());
afterEach(() => issuer.behave("normal"));

describe("an ID token", () => {
  it("has the claims that GitLab gives to a job", () => {
    const claims = decodeJwt(
      issuer.mint({ project: "my-group/my-project", aud: "https://vault.example.com" }),
    );
    expect(claims).toEqual({
      namespace_id: "42",
      namespace_path: "my-group",
      project_id: "4711",
      project_path: "my-group/my-project",
      user_id: "7",
      user_login: "ada",
      user_email: "ada@example.com",
      user_access_level: "maintainer",
      job_project_id: "4711",
      job_project_path: "my-group/my-project",
      job_namespace_id: "42",
      job_namespace_path: "my-group",
      pipeline_id: "90210",
      pipeline_source: "push",
      job_id: "31337",
      ref: "main",
      ref_type: "branch",
      ref_path: "refs/heads/main",
      ref_protected: "true",
      job_source: "push",
      runner_id: 1,
      runner_environment: "self-hosted",
      sha: "714a629c0b401fdce83e847fc9589983fc6f46bc",
      project_visibility: "private",
      ci_config_ref_uri: "gitlab.example.com/gitlab/my-group/my-project//.gitlab-ci.yml@refs/heads/main",
      ci_config_sha: "714a629c0b401fdce83e847fc9589983fc6f46bc",
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      iss: "https://gitlab.example.com/gitlab",
      iat: 1_681_395_193,
      nbf: 1_681_395_188,
      exp: 1_681_398_793,
      sub: "project_path:my-group/my-project:ref_type:branch:ref:main",
      aud: "https://vault.example.com",
    });
  });

  it("has the environment's claims where the job has an environment", () => {
    const token = issuer.mint({ environment: { name: "review/1", tier: "development", isProtected: true } });
    expect(decodeJwt(token)).toMatchObject({
      environment: "review/1",
      environment_protected: "true",
      deployment_tier: "development",
      environment_action: "start",
    });
  });

  it("has a subject that follows from the job and the project's setting", () => {
    const tag = issuer.mint({ ref: "v1", refType: "tag" });
    const byId = issuer.mint({ subComponents: ["project_id", "ref_protected"], refProtected: false });
    expect(decodeJwt(tag)).toMatchObject({
      sub: "project_path:acme/shop:ref_type:tag:ref:v1",
      ref_path: "refs/tags/v1",
    });
    expect(decodeJwt(byId).sub).toBe("project_id:4711:ref_protected:false");
  });

  it("of a fork's merge request names the fork, and where the job runs", () => {
    const jobProject = { path: "acme/shop", id: "4711", namespaceId: "42" };
    expect(decodeJwt(issuer.mint({ project: "eve/shop", projectId: "666", jobProject }))).toMatchObject({
      sub: "project_path:eve/shop:ref_type:branch:ref:main",
      project_id: "666",
      job_project_id: "4711",
      job_project_path: "acme/shop",
    });
  });

  it("loses a claim that is set to undefined, and takes others as they are", () => {
    const claims = decodeJwt(issuer.mint({ claims: { sub: undefined, exp: null, team: "shop" } }));
    expect(claims).not.toHaveProperty("sub");
    expect(claims).toMatchObject({ exp: null, team: "shop" });
  });

  it("has GitLab's header, unless told otherwise", () => {
    expect(decodeProtectedHeader(issuer.mint())).toEqual({
      alg: "RS256",
      kid: expect.any(String),
      typ: "JWT",
    });
    const header = { kid: undefined, alg: "RS512" };
    expect(decodeProtectedHeader(issuer.mint({}, { header }))).toEqual({ alg: "RS512", typ: "JWT" });
  });
});

describe("verification", () => {
  function verify(token: string) {
    const keys = createRemoteJWKSet(new URL(`${issuer.url}/oauth/discovery/keys`));
    return jwtVerify(token, keys, { issuer: issuer.iss, currentDate: new Date(1_681_395_193_000) });
  }

  it("succeeds with the keys that discovery leads to", async () => {
    const answer = await fetch(`${issuer.url}/.well-known/openid-configuration`);
    expect(await answer.json()).toMatchObject({
      issuer: issuer.iss,
      jwks_uri: "https://gitlab.example.com/gitlab/oauth/discovery/keys",
    });
    expect((await verify(issuer.mint())).payload.ref).toBe("main");
  });

  it("fails for a token of a key that was never published", async () => {
    await expect(verify(issuer.mint({}, { foreignKey: true }))).rejects.toThrow(
      "signature verification failed",
    );
  });

  it("fails for a token of the key before a rotation", async () => {
    const older = issuer.mint();
    await issuer.rotateKeys();
    await expect(verify(older)).rejects.toThrow("no applicable key found");
    await verify(issuer.mint());
  });
});

describe("an issuer", () => {
  it("counts what it is asked", async () => {
    const before = issuer.requests.length;
    await fetch(`${issuer.url}/.well-known/openid-configuration`);
    const elsewhere = await fetch(new URL("/.well-known/openid-configuration", issuer.url));
    expect(elsewhere.status).toBe(404);
    expect(issuer.requests.slice(before)).toEqual([
      "/gitlab/.well-known/openid-configuration",
      "/.well-known/openid-configuration",
    ]);
  });

  it("can answer with an error or a page", async () => {
    issuer.behave("server-error");
    expect((await fetch(`${issuer.url}/oauth/discovery/keys`)).status).toBe(500);
    issuer.behave("html");
    expect((await fetch(`${issuer.url}/oauth/discovery/keys`)).headers.get("content-type")).toBe("text/html");
  });

  it.each(["127.0.0.1", ...IPV6_LOOPBACK])(
    "has the address where it listens as its name: %s",
    async (host) => {
      const nameless = await startIssuer({ host });
      expect(nameless.iss).toBe(nameless.url);
      expect(nameless.url.replace(/\d+$/, "")).toBe(`http://${host.includes(":") ? `[${host}]` : host}:`);
      expect(decodeJwt(nameless.mint())).toMatchObject({ iss: nameless.url, aud: nameless.url });
      await nameless.close();
    },
  );
});
