import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Delivery,
  findDeliveries,
  findUsualDeliveries,
  readCommands,
  runCommands,
} from "../harness/shells.ts";

const BEFORE_SCRIPT = readCommands("assume-role", "assume-role", "before_script");
const SECRET = "a-secret-access-key-of-nobody/123456789+";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aws-oidc-guard-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function inMinutes(minutes: number): string {
  return new Date(Date.now() + minutes * 60_000).toISOString().replace(/\.\d+Z$/, "Z");
}

function run(
  delivery: Delivery,
  env: Readonly<Record<string, string>>,
  script: readonly string[] = ["echo reached"],
) {
  const { prefix = "", profile = "", from = "assume-role", warnBelow = "300", ...rest } = env;
  const inputs = {
    [`AWS_OIDC_CREDENTIALS_FROM_${prefix}`]: from,
    [`AWS_OIDC_CREDENTIALS_PROFILE_${prefix}`]: profile,
    [`AWS_OIDC_CREDENTIALS_WARN_BELOW_${prefix}`]: warnBelow,
  };
  return runCommands(delivery, [...BEFORE_SCRIPT, ...script], {
    folder,
    env: { CI_JOB_ID: "4711", ...inputs, ...rest },
  });
}

describe.each(findDeliveries())("in $name", (delivery) => {
  it("lets a job pass whose credentials last", () => {
    expect(run(delivery, { AWS_CREDENTIAL_EXPIRATION: inMinutes(30) })).toEqual({
      exitCode: 0,
      stdout: "reached\n",
      stderr: "",
    });
  });

  it("stops one whose credentials have expired, and says since when and what to do", () => {
    expect(
      run(delivery, {
        AWS_CREDENTIAL_EXPIRATION: inMinutes(-12.5),
        from: "staging-role",
      }),
    ).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: "aws-oidc: the credentials expired 12 minutes ago; retry the job staging-role, then this one\n",
    });
  });

  it("warns when little time is left, the limit being an input", () => {
    const env = { AWS_CREDENTIAL_EXPIRATION: inMinutes(9.5), warnBelow: "600" };
    expect(run(delivery, env)).toEqual({
      exitCode: 0,
      stdout: "reached\n",
      stderr: "aws-oidc: the credentials of the job assume-role expire in 9 minutes\n",
    });
    expect(run(delivery, { ...env, warnBelow: "300" }).stderr).toBe("");
  });

  it("stops a job that got no credentials, and says how it gets them", () => {
    expect(run(delivery, {})).toEqual({
      exitCode: 1,
      stdout: "",
      stderr:
        "aws-oidc: no credentials of the job assume-role here; name it in 'needs', and check that its report has not been deleted (artifact-expire-in)\n",
    });
  });

  it.each([",", ""])("reads the time whatever the shell separates words by: %j", (separator) => {
    const commands = [`IFS='${separator}'`, ...BEFORE_SCRIPT, "echo reached"];
    const env = { AWS_CREDENTIAL_EXPIRATION: inMinutes(30), AWS_OIDC_CREDENTIALS_FROM_: "assume-role" };
    expect(runCommands(delivery, commands, { folder, env })).toEqual({
      exitCode: 0,
      stdout: "reached\n",
      stderr: "",
    });
  });

  it("says so where nothing tells the time, and does not guess", () => {
    const env = { AWS_CREDENTIAL_EXPIRATION: inMinutes(-30), AWS_OIDC_CREDENTIALS_FROM_: "assume-role" };
    const commands = ["date() { return 127; }", ...BEFORE_SCRIPT, "echo reached"];
    expect(runCommands(delivery, commands, { folder, env })).toMatchObject({
      exitCode: 0,
      stdout: "reached\n",
      stderr: expect.stringContaining("this image has no date command"),
    });
  });

  it("gives tools a profile that reads the credentials from their variables", () => {
    const env = {
      PROD_AWS_CREDENTIAL_EXPIRATION: inMinutes(30),
      PROD_AWS_ACCESS_KEY_ID: "ASIAEXAMPLE",
      PROD_AWS_SECRET_ACCESS_KEY: SECRET,
      PROD_AWS_SESSION_TOKEN: "token",
      PROD_AWS_REGION: "eu-west-1",
      prefix: "PROD_",
      profile: "prod",
    };
    const { stdout, exitCode } = run(delivery, env, [
      'cat "$AWS_CONFIG_FILE"',
      'sh -c "$(sed -n "s/^credential_process = //p" "$AWS_CONFIG_FILE" | tail -n 1)"; echo',
      'cat "$(dirname "$AWS_CONFIG_FILE")"/* | grep -c -F "$PROD_AWS_SECRET_ACCESS_KEY" || :',
    ]);
    expect(exitCode).toBe(0);
    const [said, section, , region, , , , printed = "", filesWithSecret] = stdout.split("\n");
    expect(said).toBe("aws-oidc: profile prod, also the default: the credentials of the job assume-role");
    expect([section, region]).toEqual(["[profile prod]", "region = eu-west-1"]);
    expect(filesWithSecret).toBe("0");
    expect(JSON.parse(printed)).toEqual({
      Version: 1,
      AccessKeyId: "ASIAEXAMPLE",
      SecretAccessKey: SECRET,
      SessionToken: "token",
      Expiration: env.PROD_AWS_CREDENTIAL_EXPIRATION,
    });
    expect(readdirSync(folder).filter((name) => name.startsWith("aws-oidc"))).toEqual([]);
  });

  it("removes the report of an earlier job in the same folder, and nothing else", () => {
    for (const name of ["aws-oidc-4710.env", "aws-oidc.env", "aws-oidc-notes.env", "aws-oidc-1-notes.env"]) {
      writeFileSync(join(folder, name), "");
    }
    const env = { AWS_CREDENTIAL_EXPIRATION: inMinutes(30), CI_PROJECT_DIR: folder };
    expect(run(delivery, env).exitCode).toBe(0);
    expect(readdirSync(folder).filter((name) => name.endsWith(".env"))).toEqual([
      "aws-oidc-1-notes.env",
      "aws-oidc-notes.env",
      "aws-oidc.env",
    ]);
  });

  it("counts days as the calendar does", () => {
    const [guard = ""] = BEFORE_SCRIPT;
    const epoch = guard.match(/^ *aws_oidc_epoch\(\) \{[\s\S]*?^ *\}$/m)?.[0] ?? "";
    const dates = fc.sample(
      fc.date({ min: new Date(0), max: new Date("2199-12-31"), noInvalidDate: true }),
      50,
    );
    const calls = dates.map(
      (date) => `aws_oidc_epoch ${date.toISOString().slice(0, 19).replaceAll(/[-T:]/g, " ")}`,
    );
    const { stdout } = runCommands(delivery, [epoch, ...calls], { folder, env: {} });
    expect(stdout.trim().split("\n").map(Number)).toEqual(
      dates.map((date) => Math.floor(date.getTime() / 1000)),
    );
  });
});

describe.each(findUsualDeliveries())("in $name", (delivery) => {
  it.each([
    [-0.5, "expired less than a minute ago"],
    [-1.5, "expired a minute ago"],
    [0.5, "expire in less than a minute"],
    [1.5, "expire in a minute"],
  ])("says so in words at %s minutes from now", (minutes, words) => {
    expect(run(delivery, { AWS_CREDENTIAL_EXPIRATION: inMinutes(minutes) }).stderr).toContain(words);
  });

  it("looks at the names with the prefix", () => {
    const env = { PROD_AWS_CREDENTIAL_EXPIRATION: inMinutes(30), AWS_CREDENTIAL_EXPIRATION: inMinutes(-30) };
    expect(run(delivery, { ...env, prefix: "PROD_" }).exitCode).toBe(0);
    expect(run(delivery, { ...env, prefix: "$(id)" })).toMatchObject({
      exitCode: 2,
      stdout: "",
    });
  });

  it("does not take something else for an expiration", () => {
    expect(run(delivery, { AWS_CREDENTIAL_EXPIRATION: "tomorrow" })).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("does not come from the job assume-role"),
    });
  });

  it("refuses a Region that would write lines of its own into the configuration file", () => {
    const env = {
      AWS_CREDENTIAL_EXPIRATION: inMinutes(30),
      profile: "shop",
      AWS_REGION: "eu-west-1\ncredential_process = touch owned",
    };
    expect(run(delivery, env)).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: expect.stringContaining("AWS_REGION is a text of 42 characters; expected an AWS Region"),
    });
  });

  it("refuses the name of a profile that no file can hold", () => {
    const env = { AWS_CREDENTIAL_EXPIRATION: inMinutes(30), profile: "a]b" };
    expect(run(delivery, env)).toMatchObject({ exitCode: 2, stdout: "" });
  });
});
