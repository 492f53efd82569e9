import fc from "fast-check";
import { expect } from "vitest";
import { runCli } from "../../src/cli.ts";
import { variableName } from "../../src/config/inputs/input.ts";
import { inputsOf } from "../../src/config/inputs/inputs.ts";
import { buildIdTokenClaims } from "../../stand-ins/gitlab-job.ts";
import { JOB_ENVIRONMENT } from "../harness/assume-role-config.ts";
import { startCpuTime } from "../harness/cpu-time.ts";
import { assertDoctorJson } from "../harness/doctor-schema.ts";
import { createMemoryHost, START } from "../harness/memory-host.ts";
import { findSecrets } from "../harness/secret-search.ts";
import { createScriptedNetwork, failure, ISSUED, page, reply, type Script } from "./hostile-network.ts";
import { hostileText, hostileValue, SPELLINGS } from "./hostile-values.ts";

const REPORT = /^aws-oidc(?:-\d+)?\.env$/;
const JOB_TOKEN = "glcbt-64_q9WmZ2xKvTpLrYbNcHdJ7sGf";
const PROXY_PASSWORD = "Zr4vQn8+KxTmWp2yLs";

/** No run takes more CPU time, whatever it is given. */
const LIMIT_MS = 5000;

/** A run in which anything may be wrong. */
export interface HostileRun {
  readonly argv: readonly string[];
  readonly token: string;
  /** Over that of the job; the place of a secret is taken by {@link withSecrets}. */
  readonly env: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  readonly script: Script;
}

const CLAIMS = buildIdTokenClaims("https://gitlab.example.com", {}, START);
const SIGNATURE = "c2lnbmVkLWJ5LW5vYm9keS1hdC1hbGwtMTIzNDU2Nzg5MC1hYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5eg";

function encodeToken(header: unknown, claims: unknown): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value) ?? "").toString("base64url");
  return `${encode(header)}.${encode(claims)}.${SIGNATURE}`;
}

const changedClaims = fc
  .dictionary(fc.oneof(fc.constantFrom(...Object.keys(CLAIMS)), hostileText), hostileValue, { maxKeys: 4 })
  .map((changed) => ({ ...CLAIMS, ...changed }));

const header = fc.oneof(
  { weight: 5, arbitrary: fc.constant<unknown>({ alg: "RS256", typ: "JWT", kid: "key-1" }) },
  { weight: 1, arbitrary: fc.record({ alg: hostileValue, kid: hostileValue }) },
  { weight: 1, arbitrary: hostileValue },
);

const token = fc.oneof(
  { weight: 3, arbitrary: fc.constant(encodeToken({ alg: "RS256", typ: "JWT", kid: "key-1" }, CLAIMS)) },
  {
    weight: 6,
    arbitrary: fc.tuple(header, changedClaims).map(([head, claims]) => encodeToken(head, claims)),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(changedClaims, fc.nat(400), hostileText).map(([claims, at, text]) => {
      const whole = encodeToken({ alg: "RS256" }, claims);
      return whole.slice(0, at) + text.slice(0, 8) + whole.slice(at);
    }),
  },
  { weight: 1, arbitrary: hostileText },
);

const SECRET_PLACE = "<<secret>>";

/** A value of a variable or flag, perhaps with a secret pasted into it. */
const value = fc.oneof(
  { weight: 5, arbitrary: hostileText },
  { weight: 2, arbitrary: fc.nat(SPELLINGS.length - 1).map((how) => `${SECRET_PLACE}${how}>`) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(hostileText, fc.nat(SPELLINGS.length - 1))
      .map(([text, how]) => `${text}${SECRET_PLACE}${how}>`),
  },
);

function withSecrets(text: string, secret: string): string {
  return text.replaceAll(/<<secret>>(\d+)>/g, (_, how) => SPELLINGS[Number(how)]?.(secret) ?? "");
}

const VARIABLES = [
  ...inputsOf("doctor")
    .filter(({ reaches }) => reaches === "script")
    .map(({ name }) => variableName(name)),
  ..."CI_SERVER_URL CI_PROJECT_ID CI_PROJECT_PATH CI_PIPELINE_ID CI_JOB_NAME CI_JOB_URL CI_COMMIT_REF_NAME".split(
    " ",
  ),
  ..."CI_ENVIRONMENT_NAME GITLAB_USER_LOGIN CI_MERGE_REQUEST_SOURCE_PROJECT_ID CI_JOB_ID".split(" "),
  ..."AWS_REGION AWS_DEFAULT_REGION AWS_ENDPOINT_URL AWS_ENDPOINT_URL_STS AWS_MAX_ATTEMPTS AWS_PROFILE".split(
    " ",
  ),
  ..."AWS_ACCOUNT_ID AWS_SECURITY_TOKEN AWS_ACCESS_KEY_ID HTTPS_PROXY http_proxy NO_PROXY AWS_ROLE_ARN".split(
    " ",
  ),
  ..."AWS_USE_FIPS_ENDPOINT FORCE_COLOR AWS_OIDC_DEBUG GITLAB_OIDC_TOKEN_2".split(" "),
];

const env = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  { weight: 3, arbitrary: fc.dictionary(fc.constantFrom(...VARIABLES), value, { maxKeys: 4 }) },
);

const script: fc.Arbitrary<Script> = fc.record({
  answers: fc.array(fc.oneof({ weight: 5, arbitrary: reply }, { weight: 1, arbitrary: failure }), {
    minLength: 1,
    maxLength: 4,
  }),
  pages: fc.array(page, { minLength: 1, maxLength: 3 }),
});

const policy = fc.oneof(
  hostileText,
  hostileValue.map((any) => JSON.stringify(any) ?? ""),
  fc
    .record({
      effect: hostileValue,
      principal: hostileValue,
      key: hostileText,
      values: hostileValue,
      action: hostileValue,
    })
    .map(({ effect, principal, key, values, action }) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/gitlab.example.com" },
            Action: "sts:AssumeRoleWithWebIdentity",
            Condition: { StringLike: { "gitlab.example.com:sub": values, [key]: values } },
          },
          { Effect: effect, Principal: principal, Action: action },
        ],
      }),
    ),
  fc.array(hostileText, { maxLength: 3 }).map((values) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/gitlab.example.com" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { "gitlab.example.com:sub": [...values, "x"] } },
      },
    }),
  ),
);

const flags = (...names: readonly string[]) =>
  fc
    .array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 4 })
    .map((pairs) => pairs.map(([name, text]) => `--${name}=${text}`));

const flagNames = (command: "assume-role" | "doctor" | "trust-policy"): readonly string[] =>
  inputsOf(command).map(({ name }) => name);

const argv = fc.oneof(
  { weight: 8, arbitrary: fc.constant<readonly string[]>(["assume-role"]) },
  { weight: 1, arbitrary: flags(...flagNames("assume-role")).map((given) => ["assume-role", ...given]) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ["doctor"],
      ["doctor", "--format=json"],
      ["doctor", "--personal-claims=shown"],
    ),
  },
  { weight: 3, arbitrary: flags(...flagNames("doctor")).map((given) => ["doctor", ...given]) },
  {
    weight: 3,
    arbitrary: flags("explain", "format").map((given) => [
      "doctor",
      "--trust-policy-file=policy.json",
      ...given,
    ]),
  },
  {
    weight: 1,
    arbitrary: fc.constant(["doctor", "--trust-policy-file=policy.json", "--claims=claims.json"]),
  },
  { weight: 1, arbitrary: fc.constant(["trust-policy"]) },
  { weight: 2, arbitrary: flags(...flagNames("trust-policy")).map((given) => ["trust-policy", ...given]) },
  { weight: 1, arbitrary: fc.array(value, { maxLength: 3 }) },
);

const files = fc.record({
  "policy.json": policy,
  "claims.json": fc.oneof(
    hostileText,
    hostileValue.map((any) => JSON.stringify(any) ?? ""),
    changedClaims.map((claims) => JSON.stringify(claims)),
  ),
});

export const hostileRun: fc.Arbitrary<HostileRun> = fc.record({ argv, token, env, files, script });

const TOKEN_LIKE = /[\w-]{20,}\.[\w-]{20,}/;

/** What no environment can hold. */
function withoutNul(text: string): string {
  return Buffer.from(text.replaceAll("\0", "")).toString();
}

/** Runs the program, and asserts what must hold of every run. */
export async function expectHarmless(run: HostileRun): Promise<void> {
  const fill = (text: string): string => withoutNul(withSecrets(text, withoutNul(run.token)));
  const filled = Object.entries(run.env).map(([name, text]) => [name, fill(text)] as const);
  const env: Record<string, string> = {
    ...JOB_ENVIRONMENT,
    CI_JOB_TOKEN: JOB_TOKEN,
    HTTPS_PROXY: `http://runner:${encodeURIComponent(PROXY_PASSWORD)}@proxy.example.com:3128`,
    NO_COLOR: "1",
    ...Object.fromEntries(filled),
    GITLAB_OIDC_TOKEN: withoutNul(run.token),
  };
  const host = createMemoryHost({ env, files: run.files });
  const spentMs = startCpuTime();
  const exitCode = await runCli(
    run.argv.map(fill),
    host,
    createScriptedNetwork(run.script, { token: env.GITLAB_OIDC_TOKEN ?? "", clock: host.clock }),
  );
  expect(spentMs()).toBeLessThan(LIMIT_MS);
  const printed = host.stdout() + host.stderr();
  assertDoctorJson(run.argv, host.stdout());
  const others = [...host.written].filter(([name]) => !REPORT.test(name) && !(name in run.files));
  const token = env.GITLAB_OIDC_TOKEN ?? "";
  // Any text may be there instead of the token; what is not a token is not a secret, and may be what is printed anyway.
  const secrets = [TOKEN_LIKE.test(token) ? token : "", JOB_TOKEN, PROXY_PASSWORD, ...Object.values(ISSUED)];
  for (const text of [printed, ...others.map(([, { contents }]) => contents)]) {
    expect(findSecrets(text, secrets)).toEqual([]);
  }
  expect([0, 1, 2]).toContain(exitCode);
  expect(printed.includes("This is a bug") ? printed : "").toBe("");
  if (env.AWS_OIDC_DEBUG !== "true") expect(printed).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
  expect(printed).not.toMatch(
    /(?![\n\t])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|[\u200b-\u200f\u202a-\u202e\u2060-\u2069]/u,
  );
  if (exitCode !== 0) expect([...host.written.keys()].filter((name) => REPORT.test(name))).toEqual([]);
}
