import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findSecrets } from "../harness/secret-search.ts";
import {
  type Delivery,
  findDeliveries,
  findUsualDeliveries,
  readCommands,
  runCommands,
} from "../harness/shells.ts";

/*
 * Several roles in one job: the variables that each hidden job leaves in it, and the before_script of one of them, or
 * of all.
 */

const TOKEN = [
  "eyJoZWFkZXIiOiJvZiB0aGUgdG9rZW4ifQ",
  "eyJwYXlsb2FkIjoib2YgdGhlIHRva2VuIn0",
  "c2lnbmF0dXJl",
].join(".");
const CREDENTIALS_SCRIPT = readCommands("assume-role", "assume-role", "before_script");

type Environment = Readonly<Record<string, string>>;

function script(name: string): readonly string[] {
  return readCommands("web-identity", name, "before_script");
}

/** What a hidden job of `web-identity` leaves in a job that extends it. */
function identity(name: string, inputs: Environment): Environment {
  const given = Object.entries(inputs).map(([input, value]) => [`AWS_OIDC_${input}_${name}`, value] as const);
  return {
    [`AWS_OIDC_ROLE_ARN_${name}`]: `arn:aws:iam::123456789012:role/${name}`,
    [`AWS_OIDC_SESSION_NAME_${name}`]: "GitLabRunner-1-2",
    [`AWS_OIDC_DURATION_SECONDS_${name}`]: "3600",
    [`GITLAB_OIDC_TOKEN_${name}`]: `${TOKEN}${name}`,
    ...Object.fromEntries(given),
    AWS_OIDC_PROFILE: inputs.PROFILE ?? "",
  };
}

/** What the hidden job for the credentials of an `assume-role` job leaves, and the report of that job. */
function credentials(from: string, prefix: string, profile = ""): Environment {
  const report = Object.entries({
    AWS_ACCESS_KEY_ID: `ASIA${from}`,
    AWS_SECRET_ACCESS_KEY: "a-secret-access-key-of-nobody/123456789+",
    AWS_SESSION_TOKEN: "token",
    AWS_CREDENTIAL_EXPIRATION: new Date(Date.now() + 1_800_000).toISOString().replace(/\.\d+Z$/, "Z"),
    AWS_REGION: "eu-west-1",
  }).map(([name, value]) => [`${prefix}${name}`, value] as const);
  return {
    [`AWS_OIDC_CREDENTIALS_FROM_${prefix}`]: from,
    [`AWS_OIDC_CREDENTIALS_PROFILE_${prefix}`]: profile,
    [`AWS_OIDC_CREDENTIALS_WARN_BELOW_${prefix}`]: "300",
    ...Object.fromEntries(report),
    AWS_OIDC_PROFILE: profile,
  };
}

const STATE = identity("state", { PROFILE: "state" });
const PRODUCTION = identity("production", { PROFILE: "production" });
const GOVCLOUD = identity("govcloud", {
  PROFILE: "govcloud",
  ROLE_ARN: "arn:aws-us-gov:iam::123456789012:role/govcloud",
  REGION: "us-gov-west-1",
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aws-oidc-roles-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The sections of the job's configuration file: what each role is by, then what the job's variables say. */
const SHOW = [
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: parameters of the shell.
  'if [ -n "${AWS_CONFIG_FILE:-}" ]; then echo "---"; cat "$AWS_CONFIG_FILE"; fi',
  'echo "--- ${AWS_ACCESS_KEY_ID:-no key}, ${AWS_ROLE_ARN:-no role}, ${AWS_REGION:-no region}, ${AWS_PROFILE:-no profile}"',
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: parameters of the shell.
];

function run(delivery: Delivery, commands: readonly string[], env: Environment) {
  const job = { folder, env: { CI_JOB_ID: "4711", ...env } };
  const ended = runCommands(delivery, [...commands, ...SHOW], job);
  expect(findSecrets(ended.stderr + ended.stdout, [TOKEN])).toEqual([]);
  return { ...ended, ...readConfig(ended.stdout) };
}

function readConfig(stdout: string) {
  const [, text = "", ...rest] = stdout.split("---");
  const sections = text.split(/^(?=\[)/m).flatMap((section) => {
    const heading = /^\[(?:profile )?(.+)\]/.exec(section)?.[1];
    const by = /^(?:role_arn = .*\/|credential_process = .*\/)([\w-]+)/m.exec(section)?.[1] ?? "";
    const source = /^source_profile = (.*)$/m.exec(section)?.[1];
    const region = /^region = (.*)$/m.exec(section)?.[1];
    const words = [by, ...(source ? [`from ${source}`] : []), ...(region ? [`in ${region}`] : [])];
    return heading === undefined ? [] : [[heading, words.join(" ")] as const];
  });
  return {
    profiles: Object.fromEntries(sections),
    sections: sections.length,
    variables: rest.join("").trim(),
  };
}

describe.each(findDeliveries())("in $name", (delivery) => {
  it("gives each role a profile, whichever before_script runs, and however often", () => {
    const env = { ...STATE, ...PRODUCTION };
    for (const scripts of [["production"], ["state", "production"], ["production", "state", "state"]]) {
      const ended = run(delivery, scripts.flatMap(script), env);
      expect(ended.profiles).toEqual({ state: "state", production: "production", default: "state" });
      expect(ended).toMatchObject({ exitCode: 0, stderr: "", sections: 3 });
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it("stops where AWS_PROFILE names no role of the job, rather than be another one", () => {
    const env = { ...STATE, ...PRODUCTION, AWS_PROFILE: "prodution" };
    const { exitCode, stdout, stderr } = run(delivery, script("production"), env);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toBe(
      "aws-oidc: AWS_PROFILE is prodution, but no role of this job has that profile; expected one of: production state\n",
    );
    const named = run(delivery, script("production"), { ...env, AWS_PROFILE: "default" });
    expect(named).toMatchObject({ exitCode: 0, profiles: { default: "state" } });
  });

  it("takes a job's name with spaces and stars for one name", () => {
    const env = { ...credentials("get * credentials", ""), ...STATE };
    expect(run(delivery, CREDENTIALS_SCRIPT, env)).toMatchObject({ exitCode: 0, stderr: "" });
    const twice = run(delivery, CREDENTIALS_SCRIPT, { ...env, ...identity("plain", {}) });
    expect(twice.stderr).toBe(
      "aws-oidc: .plain and .get * credentials-credentials are both for tools that name no profile; give one of them a profile\n",
    );
  });

  it("chains a second role, which is the default", () => {
    const second = {
      CHAINED_ROLE_ARN: "arn:aws:iam::210987654321:role/second",
      EXTERNAL_ID: "acme",
      DURATION_SECONDS: "1800",
      REGION: "eu-central-1",
    };
    const { profiles, variables, stdout } = run(delivery, script("deploy"), identity("deploy", second));
    expect(profiles).toEqual({
      "aws-oidc-deploy": "deploy in eu-central-1",
      default: "second from aws-oidc-deploy in eu-central-1",
    });
    expect(stdout).toMatch(/^duration_seconds = 1800\nexternal_id = acme$/m);
    expect(variables).toBe("no key, no role, eu-central-1, no profile");
  });

  it("mixes both components, in either order", () => {
    const env = { ...credentials("release", "RELEASE_", "release"), ...STATE };
    for (const commands of [script("state"), CREDENTIALS_SCRIPT]) {
      const { profiles, exitCode } = run(delivery, commands, env);
      expect(exitCode).toBe(0);
      expect(profiles).toEqual({
        state: "state",
        release: "release in eu-west-1",
        default: "release in eu-west-1",
      });
    }
  });

  it("is not misled by the text of other variables", () => {
    const env = {
      ...STATE,
      NOTE: "AWS_OIDC_ROLE_ARN_fake=1\nexport AWS_OIDC_ROLE_ARN_state='x' * ?",
      "AWS_OIDC_ROLE_ARN_bad-name": "x",
    };
    expect(run(delivery, script("state"), env)).toMatchObject({
      exitCode: 0,
      profiles: { state: "state", default: "state" },
    });
  });

  it("tells all that cannot be, at once, and for which role", () => {
    const env = {
      ...identity("a", { PROFILE: "shop", EXTERNAL_ID: "x1", DURATION_SECONDS: "7200" }),
      ...identity("b", { PROFILE: "shop", CHAINED_ROLE_ARN: "arn:aws-cn:iam::123456789012:role/x" }),
      ...identity("c", { CHAINED_ROLE_ARN: "arn:aws:iam::123456789012:role/x", DURATION_SECONDS: "7200" }),
      ...identity("d", {}),
      AWS_OIDC_REPORT_12: "AWS_ACCESS_KEY_ID",
      AWS_OIDC_REPORT_34: "AWS_ACCESS_KEY_ID",
    };
    const { exitCode, stderr, stdout } = run(delivery, script("b"), env);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    const said = stderr.trim().split("\n");
    for (const problem of [
      /^aws-oidc: \.a: external-id is for a second role/,
      /^aws-oidc: \.a: duration-seconds is for a second role/,
      /^aws-oidc: \.b: chained-role-arn and role-arn are in different partitions \(arn:aws-cn and arn:aws\)/,
      /^aws-oidc: \.[ab]: another role of this job already has the profile shop/,
      /^aws-oidc: \.c: duration-seconds is 7200; expected 900 to 3600/,
      /^aws-oidc: \.[cd] and \.[cd] are both for tools that name no profile/,
      /^aws-oidc: two jobs set AWS_ACCESS_KEY_ID in this one, and GitLab does not define which wins/,
    ]) {
      expect(
        said.filter((line) => problem.test(line)),
        `${problem}\n${stderr}`,
      ).toHaveLength(1);
    }
    expect(said).toHaveLength(7);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe.each(findUsualDeliveries())("in $name", (delivery) => {
  it("takes the role without a profile for the default", () => {
    const env = { ...identity("aws_web_identity", {}), ...STATE, ...PRODUCTION };
    const { profiles, variables } = run(delivery, script("production"), env);
    expect(profiles).toEqual({
      state: "state",
      production: "production",
      default: "aws_web_identity",
    });
    // The variables of a web identity would win over the profile that AWS_PROFILE names, in some SDKs.
    expect(variables).toBe("no key, no role, no region, no profile");
  });

  it("has no default among three that have a profile, unless AWS_PROFILE names it", () => {
    const env = { ...STATE, ...PRODUCTION, ...identity("logs", { PROFILE: "logs" }) };
    const { profiles, stdout } = run(delivery, script("logs"), env);
    expect(Object.keys(profiles).sort()).toEqual(["logs", "production", "state"]);
    expect(stdout).toContain("tools that name no profile find no role; set AWS_PROFILE");
    const named = run(delivery, script("logs"), { ...env, AWS_PROFILE: "state" });
    expect(named).toMatchObject({ stderr: "", variables: expect.stringContaining(", state") });
    expect(named.stdout).toContain("aws-oidc: profile state, which AWS_PROFILE names: ");
    expect(named.stdout).not.toContain("find no role");
  });

  it("keeps tools that find no role from the role of the runner's machine", () => {
    const env = {
      ...STATE,
      ...PRODUCTION,
      ...identity("logs", { PROFILE: "logs" }),
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1/runner",
    };
    const show = 'env | grep -E "^AWS_(EC2|CONTAINER)"';
    const ended = run(delivery, [...script("logs"), show], env);
    expect(ended.stdout.match(/^AWS_(EC2|CONTAINER).*$/gm)).toEqual(["AWS_EC2_METADATA_DISABLED=true"]);
  });

  it("stops where AWS_PROFILE names a role, and variables without a prefix hold the keys of another", () => {
    const env = { ...credentials("assume role", "", "release"), ...STATE };
    const { exitCode, stderr } = run(delivery, CREDENTIALS_SCRIPT, { ...env, AWS_PROFILE: "state" });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      "AWS_PROFILE is state, but some tools would still use the credentials of .assume role-credentials",
    );
    const same = run(delivery, CREDENTIALS_SCRIPT, { ...env, AWS_PROFILE: "release" });
    expect(same).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("keeps a Region to the profile that has it, where they differ", () => {
    const env = { ...STATE, ...GOVCLOUD, AWS_REGION: "eu-central-1", AWS_DEFAULT_REGION: "eu-central-1" };
    const { profiles, variables, stderr } = run(delivery, [...script("state"), ...script("govcloud")], env);
    expect(profiles).toEqual({
      state: "state in eu-central-1",
      govcloud: "govcloud in us-gov-west-1",
      default: "state in eu-central-1",
    });
    expect(variables).toContain("no region");
    expect(stderr).toContain("AWS_REGION is not set for this job's tools");
  });

  it("gives no profile the Region of another", () => {
    const { profiles, variables } = run(delivery, script("govcloud"), { ...STATE, ...GOVCLOUD });
    expect(profiles).toMatchObject({ state: "state", govcloud: "govcloud in us-gov-west-1" });
    expect(variables).toContain("no region");
  });

  it("leaves the credentials without a prefix the default", () => {
    const env = { ...credentials("assume-role", ""), ...GOVCLOUD };
    const { profiles, variables } = run(delivery, script("govcloud"), env);
    expect(profiles).toEqual({ govcloud: "govcloud in us-gov-west-1", default: " in eu-west-1" });
    expect(variables).toBe("ASIAassume-role, no role, no region, no profile");
  });

  it("removes the identity of the runner's own pod, which some SDKs would take over the profiles", () => {
    const pod = { AWS_ROLE_ARN: "arn:aws:iam::1:role/runner", AWS_WEB_IDENTITY_TOKEN_FILE: "/var/run/token" };
    const { variables, stderr } = run(delivery, script("production"), { ...pod, ...STATE, ...PRODUCTION });
    expect(variables).toContain("no role");
    expect(stderr).toContain("AWS_WEB_IDENTITY_TOKEN_FILE is set in this job");
  });

  it("never shows an external ID, which is as good as a password to some", () => {
    const second = { CHAINED_ROLE_ARN: "arn:aws:iam::210987654321:role/second", EXTERNAL_ID: "open sesame" };
    const { exitCode, stdout, stderr } = run(delivery, script("deploy"), identity("deploy", second));
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      "aws-oidc: external-id is a text of 11 characters; expected 2 to 1224 letters, digits and _+=,.@:/-\n",
    );
    expect(stdout).toBe("");
  });

  it("stops where only the before_script of a hidden job was taken over", () => {
    expect(run(delivery, script("production"), STATE)).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr:
        "aws-oidc: the before_script of .production runs in this job without its variables; also name the hidden job in 'extends'\n",
    });
    expect(run(delivery, CREDENTIALS_SCRIPT, {})).toMatchObject({ exitCode: 2, stdout: "" });
  });
});
