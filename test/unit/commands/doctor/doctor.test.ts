import { describe, expect, it } from "vitest";
import {
  type AssumedRole,
  type CallerIdentity,
  type ConnectSts,
  StsError,
  type StsFault,
} from "../../../../src/aws/sts/sts.ts";
import { runCli } from "../../../../src/cli.ts";
import { findWay } from "../../../../src/edge/proxies.ts";
import { AwsOidcError } from "../../../../src/foundation/errors.ts";
import { type FetchPage, type Page, PageError, TimeLimitError } from "../../../../src/foundation/ports.ts";
import { Secret } from "../../../../src/foundation/secret.ts";
import { buildIdTokenClaims, buildPredefinedVariables } from "../../../../stand-ins/gitlab-job.ts";
import { assertDoctorJson } from "../../../harness/doctor-schema.ts";
import { createMemoryHost, START } from "../../../harness/memory-host.ts";
import { findSecrets } from "../../../harness/secret-search.ts";
import { encodeJwt } from "../../../harness/unsigned-jwt.ts";

const ISS = "https://gitlab.example.com";
const KEYS = `${ISS}/oauth/discovery/keys`;
const DISCOVERY = `${ISS}/.well-known/openid-configuration`;
const FRANKFURT = "https://sts.eu-central-1.amazonaws.com/";
const DENIED: StsFault = { kind: "service", code: "AccessDenied", httpStatus: 403, requestId: "r-1" };

const KEY = { kty: "RSA", kid: "none", use: "sig", n: "AQAB", e: "AQAB" };

function pageOf(body: object | string, others: Partial<Page> = {}): Page {
  return {
    status: 200,
    body: typeof body === "string" ? body : JSON.stringify(body),
    elapsedMs: 120,
    address: "203.0.113.7",
    certificate: {
      subject: "gitlab.example.com",
      issuer: "R11",
      expiresAt: new Date("2027-01-01T00:00:00Z"),
    },
    ...others,
  };
}

type Pages = Readonly<Record<string, Page | Error>>;

/** An instance and STS as they should be. */
const PAGES: Pages = {
  [DISCOVERY]: pageOf({ issuer: ISS, jwks_uri: KEYS }),
  [KEYS]: pageOf({ keys: [KEY] }),
  [FRANKFURT]: pageOf("", { status: 302 }),
};

const DOCUMENT = { issuer: ISS, jwks_uri: KEYS };

const KEYS_ELSEWHERE: Pages = {
  [DISCOVERY]: pageOf({ issuer: ISS, jwks_uri: "https://keys.example.net/keys" }),
  "https://keys.example.net/keys": pageOf({ keys: [KEY] }),
};

const SECRETS = ["throw-away-secret-access-key", "throw-away-session-token"] as const;

const ASSUMED: AssumedRole = {
  arn: "arn:aws:sts::123456789012:assumed-role/deploy/job",
  credentials: {
    accessKeyId: new Secret("ASIAEXAMPLEEXAMPLE00", "access key id"),
    secretAccessKey: new Secret(SECRETS[0], "secret access key"),
    sessionToken: new Secret(SECRETS[1], "session token"),
    expiration: new Date(START.getTime() + 3_600_000),
  },
};

interface Situation {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly pages?: Pages;
  /** In place of the role. */
  readonly refusal?: Error | StsFault;
  readonly identity?: CallerIdentity;
  /** How long every page takes. */
  readonly pageMs?: number;
}

/** Runs the command in a job with a network of pages and one STS. */
async function runDoctor(situation: Situation = {}, flags: readonly string[] = []) {
  const { env, pages, refusal, identity, pageMs = 0 } = situation;
  const host = createMemoryHost({
    env: {
      ...buildPredefinedVariables(ISS, {}),
      GITLAB_OIDC_TOKEN: encodeJwt(buildIdTokenClaims(ISS, {}, START)),
      AWS_OIDC_ROLE_ARN: "arn:aws:iam::123456789012:role/deploy",
      AWS_OIDC_REGION: "eu-central-1",
      NO_COLOR: "1",
      ...env,
    },
  });
  const all: Pages = { ...PAGES, ...pages };
  const fetchPage: FetchPage = async (url) => {
    host.clock.pass(pageMs);
    const page =
      all[url] ?? new PageError(`getaddrinfo ENOTFOUND ${url}`, { code: "ENOTFOUND", presented: [] });
    if (page instanceof Error) throw page;
    return page;
  };
  const connectSts: ConnectSts = async (target) => ({
    assumeRoleWithWebIdentity: async () => {
      if (refusal === undefined) return ASSUMED;
      if (refusal instanceof Error) throw refusal;
      const message = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
      throw new StsError(message, { fault: refusal, action: "AssumeRoleWithWebIdentity", target });
    },
    signedBy: () => ({
      assumeRole: async () => ASSUMED,
      getCallerIdentity: async () => identity ?? { accountId: "123456789012", arn: ASSUMED.arn },
    }),
  });
  const exitCode = await runCli(["doctor", ...flags], host, {
    connectSts,
    fetchPage,
    findWay: (destination) => findWay(new URL(destination), host.env),
  });
  assertDoctorJson(["doctor"], host.stdout());
  const secrets = [host.env.GITLAB_OIDC_TOKEN ?? "", ...SECRETS, "ada@example.com"];
  expect(findSecrets(host.stdout() + host.stderr(), secrets)).toEqual([]);
  const lines = host.stdout().split("\n");
  const lineOf = (title: string) => lines.find((line) => line.slice(2).startsWith(title)) ?? "";
  return { exitCode, stdout: host.stdout(), stderr: host.stderr(), written: host.written, lineOf };
}

it("finds nothing wrong if nothing is, and writes nothing", async () => {
  const { exitCode, stdout, written } = await runDoctor();
  expect(stdout).not.toMatch(/^[✖!?]/m);
  expect(stdout).toContain(
    "answers in 0.1 s (certificate of gitlab.example.com by R11, until 2027-01-01 00:00:00 UTC)",
  );
  expect(exitCode).toBe(0);
  expect(written.size).toBe(0);
});

describe("options that describe another job", () => {
  it.each([
    [
      ["--project", "acme/shop", "--branch", "main"],
      "--project, --branch: given in a job that has an ID token",
    ],
    [["--environment", "production"], "--environment: given in a job that has an ID token"],
    [["--claims", "nowhere"], '--claims: "nowhere" cannot be read (ENOENT)'],
  ])("%j are a problem in a job that has a token", async (flags, problem) => {
    const { exitCode, stdout, stderr } = await runDoctor({}, flags);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(`  ${problem}\n`);
  });

  it("are what it looks at in a job without one, so that a pipeline can check its policies", async () => {
    const flags = ["--project", "acme/shop", "--branch", "main", "--strict"];
    const { exitCode, stdout } = await runDoctor({ env: { GITLAB_OIDC_TOKEN: undefined } }, flags);
    expect(stdout).toContain("? This does not show whether AWS gives the role");
    expect(exitCode).toBe(1);
  });
});

describe("the issuer, before AWS has vouched for it", () => {
  const skewed: StsFault = { ...DENIED, code: "IDPCommunicationError", httpStatus: 400 };
  const look = (pages: Pages) => runDoctor({ pages, refusal: skewed, env: { AWS_MAX_ATTEMPTS: "1" } });

  it("must be reached by AWS too, which is said of an own instance", async () => {
    const { stdout, lineOf } = await look({});
    expect(lineOf("Issuer")).toMatch(/^✔/);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "set `ci_id_tokens_issuer_url` to their public URL (GitLab 18.1)",
    );
  });

  const oddities: readonly { how: string; pages: Pages; mark: string; expected: RegExp }[] = [
    {
      how: "slowly",
      pages: { [KEYS]: pageOf({ keys: [KEY] }, { elapsedMs: 6100 }) },
      mark: "!",
      expected: /it took 6\.1 s to answer/,
    },
    {
      how: "from a private address",
      pages: { [DISCOVERY]: pageOf({ issuer: ISS, jwks_uri: KEYS }, { address: "10.1.2.3" }) },
      mark: "!",
      expected: /10\.1\.2\.3 is a private address/,
    },
    {
      how: "for another issuer",
      pages: { [DISCOVERY]: pageOf({ issuer: "https://other", jwks_uri: KEYS }) },
      mark: "✖",
      expected: /is for the issuer https:\/\/other, not/,
    },
    {
      how: "with its keys on another host",
      pages: KEYS_ELSEWHERE,
      mark: "!",
      expected: /the keys are on another host, keys\.example\.net: whoever runs it/,
    },
    {
      how: "with its keys by http",
      pages: { [DISCOVERY]: pageOf({ issuer: ISS, jwks_uri: "http://gitlab.example.com/keys" }) },
      mark: "✖",
      expected: /the keys are at http:\/\/gitlab\.example\.com\/keys, and AWS accepts https URLs only/,
    },
    {
      how: "with an offer of no signature",
      pages: { [DISCOVERY]: pageOf({ ...DOCUMENT, id_token_signing_alg_values_supported: ["none"] }) },
      mark: "!",
      expected: /offers the algorithm `none`/,
    },
    {
      how: "with a shared secret beside its key",
      pages: { [KEYS]: pageOf({ keys: [{ kty: "oct", kid: "x" }, KEY] }) },
      mark: "!",
      expected: /keys: a key in it is a shared secret/,
    },
    {
      how: "with an error for the keys",
      pages: { [KEYS]: pageOf("", { status: 503 }) },
      mark: "✖",
      expected: /keys: it answers HTTP 503/,
    },
    {
      how: "with a redirect",
      pages: { [DISCOVERY]: pageOf("", { status: 302 }) },
      mark: "✖",
      expected: /answers HTTP 302 without a discovery document/,
    },
    {
      how: "never with keys",
      pages: { [KEYS]: new PageError("read ECONNRESET", { code: "ECONNRESET", presented: [] }) },
      mark: "!",
      expected:
        /keys cannot be reached from here: read ECONNRESET\n[\s\S]*- A firewall or a TLS-inspecting gateway/,
    },
    {
      how: "never",
      pages: { [DISCOVERY]: new TimeLimitError(10_000) },
      mark: "!",
      expected: /did not answer within 10 s from here/,
    },
  ];

  it.each(oddities)("that answers $how is noticed", async ({ pages, mark, expected }) => {
    const { lineOf, stdout } = await look(pages);
    expect(lineOf("Issuer")[0]).toBe(mark);
    expect(stdout).toMatch(expected);
  });

  it("that is trusted behind a certificate nobody knows shows which it is", async () => {
    const presented = [{ subject: "gitlab.example.com", issuer: "Company CA", expiresAt: START }];
    const { stdout } = await look({
      [DISCOVERY]: new PageError("unable to verify", { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE", presented }),
    });
    expect(stdout).toContain("unable to verify (UNABLE_TO_VERIFY_LEAF_SIGNATURE)\n");
    expect(stdout).toContain("gitlab.example.com, issued by Company CA");
  });

  it("is believed when AWS has verified a token of it, though something is odd", async () => {
    const { lineOf, exitCode } = await runDoctor({ pages: { [KEYS]: pageOf({ keys: [] }) } });
    expect(lineOf("Issuer")[0]).toBe("!");
    expect(exitCode).toBe(0);
  });

  it("is not right by that with its keys on another host", async () => {
    const { lineOf, stdout, exitCode } = await runDoctor({ pages: KEYS_ELSEWHERE });
    expect(lineOf("Issuer")[0]).toBe("!");
    expect(stdout).toContain("the keys are on another host");
    expect(exitCode).toBe(0);
  });

  it("is told of the token that names no algorithm AWS takes, also where it cannot be reached", async () => {
    const [, payload] = encodeJwt(buildIdTokenClaims(ISS, {}, START)).split(".");
    const env = { GITLAB_OIDC_TOKEN: `${btoa('{"alg":"none"}').replaceAll("=", "")}.${payload}.` };
    const { lineOf } = await runDoctor({
      env,
      refusal: skewed,
      pages: { [DISCOVERY]: new TimeLimitError(1) },
    });
    expect(lineOf("Issuer")).toContain("the token is signed by `alg` none");
  });

  it("needs no reminder once AWS has got as far as the trust policy", async () => {
    const { stdout } = await runDoctor({ refusal: DENIED });
    expect(stdout).not.toContain("ci_id_tokens_issuer_url");
  });
});

it("calls an issuer that is no URL a fault of the issuer", async () => {
  const env = { GITLAB_OIDC_TOKEN: encodeJwt(buildIdTokenClaims("https://", {}, START)) };
  const { stdout, exitCode } = await runDoctor({ env, refusal: { ...DENIED, code: "InvalidIdentityToken" } });
  expect(stdout).toContain("AWS cannot verify tokens of https://: AWS accepts https URLs only");
  expect(exitCode).toBe(1);
});

describe("STS", () => {
  const env = { AWS_OIDC_FALLBACK_REGIONS: "eu-west-1" };

  it("may answer in one Region only", async () => {
    const { lineOf, stdout, exitCode } = await runDoctor({ env });
    expect(lineOf("STS endpoint")).toMatch(
      /^✔ STS endpoint +STS eu-central-1 answers in 0\.1 s .*; STS eu-west-1 cannot be reached$/,
    );
    expect(stdout).toContain("STS eu-west-1: getaddrinfo ENOTFOUND");
    expect(exitCode).toBe(0);
  });

  it("may not accept a connection in time, which is not the same", async () => {
    const cause = Object.assign(new Error("connect ETIMEDOUT"), { code: "ETIMEDOUT", syscall: "connect" });
    const error = new PageError(cause.message, { code: "ETIMEDOUT", presented: [], cause });
    const { lineOf } = await runDoctor({ pages: { [FRANKFURT]: error } });
    expect(lineOf("STS endpoint")).toMatch(/^✖ STS endpoint +STS eu-central-1 did not accept the connection/);
  });

  it("may not answer in time", async () => {
    const { lineOf, exitCode } = await runDoctor({ pages: { [FRANKFURT]: new TimeLimitError(10_000) } });
    expect(lineOf("STS endpoint")).toMatch(/^✖ STS endpoint +STS eu-central-1 did not answer in time/);
    expect(lineOf("Exchange")).toMatch(/^– Exchange +not tried/);
    expect(exitCode).toBe(1);
  });
});

describe("the exchange", () => {
  it("is told apart from a guard that stops it", async () => {
    const identity = { accountId: "999999999999", arn: "arn:aws:sts::999999999999:assumed-role/x/y" };
    const { stdout, exitCode } = await runDoctor({ identity });
    expect(stdout).toMatch(/✖ Exchange +the credentials that STS gave for .* belong to .*999999999999/);
    expect(stdout).toContain("IDENTITY_MISMATCH");
    expect(exitCode).toBe(1);
  });

  it("that is cancelled ends the doctor", async () => {
    const refusal = new AwsOidcError("CANCELLED", "the job was cancelled (SIGTERM)", { hint: "Retry." });
    expect((await runDoctor({ refusal })).exitCode).toBe(143);
  });

  it("repeats aloud on standard error, so that standard output stays JSON", async () => {
    const refusal: StsFault = { ...DENIED, code: "Throttling", httpStatus: 400 };
    const env = { AWS_MAX_ATTEMPTS: "2" };
    const { stdout, stderr } = await runDoctor({ refusal, env }, ["--format=json"]);
    expect(stderr).toContain("retrying");
    const { checks } = JSON.parse(stdout);
    expect(checks.find(({ id }: { id: string }) => id === "exchange").failure).toMatchObject({
      code: "STS_UNAVAILABLE",
      id: "throttled",
    });
  });
});

it("gives the exchange all of its time, however long the pages took", async () => {
  const { stderr } = await runDoctor({
    pageMs: 3000,
    refusal: { ...DENIED, code: "Throttling", httpStatus: 400 },
    env: { AWS_OIDC_TIMEOUT_SECONDS: "5", AWS_MAX_ATTEMPTS: "2" },
  });
  expect(stderr).toContain("retrying");
});

describe("variables", () => {
  it("that replace the credentials block the job", async () => {
    const { lineOf, exitCode } = await runDoctor({ env: { AWS_SECRET_ACCESS_KEY: "stale" } });
    expect(lineOf("Variables")).toMatch(/^✖ Variables +AWS_SECRET_ACCESS_KEY is already set/);
    expect(exitCode).toBe(1);
  });

  it("that may be meant are pointed out", async () => {
    const env = { AWS_SECRET_ACCESS_KEY: "stale", AWS_OIDC_ON_SHADOWED_VARIABLES: "warn", AWS_PROFILE: "x" };
    const { lineOf, stdout, exitCode } = await runDoctor({ env });
    expect(lineOf("Variables")[0]).toBe("!");
    expect(stdout).toContain("AWS_PROFILE is set");
    expect(exitCode).toBe(0);
  });
});

it("tells several wrong inputs one by one", async () => {
  const env = { AWS_OIDC_DURATION_SECONDS: "1", AWS_OIDC_TIMEOUT_SECONDS: "x" };
  const { lineOf, stdout } = await runDoctor({ env });
  expect(lineOf("Configuration")).toMatch(
    /^✖ Configuration +2 inputs are wrong: duration-seconds, timeout-seconds/,
  );
  expect(stdout).toContain("Each of these blocks the job");
});

it("names the second role of a chain", async () => {
  const env = { AWS_OIDC_CHAINED_ROLE_ARN: "arn:aws:iam::210987654321:role/production" };
  const { lineOf } = await runDoctor({ env });
  expect(lineOf("Role ARN")).toContain("then arn:aws:iam::210987654321:role/production");
});

it("can do without knowing the instance", async () => {
  const { lineOf } = await runDoctor({ env: { GITLAB_OIDC_TOKEN: undefined, CI_SERVER_URL: undefined } });
  expect(lineOf("Issuer")).toBe("– Issuer         unknown without a token");
});

it("says of credentials that were not verified that they were not", async () => {
  const { lineOf } = await runDoctor({ env: { AWS_OIDC_VERIFY: "none" } });
  expect(lineOf("Exchange")).toContain("(not verified)");
});

it("lets an error that it does not expect through", async () => {
  const { exitCode, stderr } = await runDoctor({ pages: { [DISCOVERY]: new Error("a bug") } });
  expect(stderr).toContain("Unexpected: a bug");
  expect(exitCode).toBe(1);
});
