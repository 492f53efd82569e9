import { describe, expect, it } from "vitest";
import { runCli } from "../../../../src/cli.ts";
import type { Environment } from "../../../../src/foundation/ports.ts";
import {
  buildIdTokenClaims,
  buildPredefinedVariables,
  type TokenDescription,
} from "../../../../stand-ins/gitlab-job.ts";
import { createMemoryHost, START } from "../../../harness/memory-host.ts";
import { unwrapped } from "../../../harness/stable.ts";
import { encodeJwt } from "../../../harness/unsigned-jwt.ts";

const noNetwork = (): never => {
  throw new Error("the command asks nobody");
};

async function run(flags: readonly string[], env: Environment = {}) {
  const host = createMemoryHost({ env: { NO_COLOR: "1", ...env } });
  const network = { connectSts: noNetwork, fetchPage: noNetwork, findWay: noNetwork };
  const exitCode = await runCli(["trust-policy", ...flags], host, network);
  return { exitCode, stdout: host.stdout(), stderr: host.stderr(), written: host.written };
}

const FLAGS = ["--account=123456789012", "--project=acme/shop"];

const jobOf = (token: TokenDescription = {}, iss = "https://gitlab.com"): Environment => ({
  ...buildPredefinedVariables(iss, token),
  GITLAB_OIDC_TOKEN: encodeJwt(buildIdTokenClaims(iss, token, START)),
  AWS_OIDC_ROLE_ARN: "arn:aws:iam::123456789012:role/deploy",
});

describe("with flags", () => {
  it("prints the policy and writes nothing", async () => {
    const { exitCode, stdout, stderr, written } = await run([...FLAGS, "--branch=main"]);
    expect({ exitCode, stderr, files: written.size }).toEqual({ exitCode: 0, stderr: "", files: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ Version: "2012-10-17" });
  });

  it("prints notes beside it", async () => {
    const { exitCode, stderr } = await run([...FLAGS, "--any-branch", "--existing-provider"]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("! This admits any branch, including future ones and their merge requests");
    expect(stderr).toContain(
      "--open-id-connect-provider-arn arn:aws:iam::123456789012:oidc-provider/gitlab.com \\\n" +
        `    --cli-input-json '{"ClientID":"https://gitlab.com"}'`,
    );
  });

  it("says which flags a trust policy alone leaves out", async () => {
    const role = ["--branch=main", "--managed-policies=ReadOnlyAccess", "--max-session-seconds=7200"];
    const { stderr } = await run([...FLAGS, ...role]);
    expect(unwrapped(stderr)).toContain("without --managed-policies, --max-session-seconds: set that");
    expect((await run([...FLAGS, ...role, "--format=cli"])).stderr).toBe("");
  });

  it("prints commands that a shell can be given", async () => {
    const { stderr } = await run([...FLAGS, "--branch=main", "--existing-provider", "--audience=it's"]);
    expect(stderr).toContain(`--cli-input-json '{"ClientID":"it'\\''s"}'`);
  });

  it("needs no note where the commands add the audience themselves", async () => {
    const flags = ["--branch=main", "--existing-provider", "--format=cli"];
    expect((await run([...FLAGS, ...flags])).stderr).toBe("");
  });

  it("warns of one stack for two roles, and says how a second role does without a second provider", async () => {
    const flags = ["--project=acme/shop", "--branch=main", "--format=cloudformation"];
    const { stderr } = await run(flags);
    expect(unwrapped(stderr)).toContain("Give this template its own stack");
    expect(unwrapped(stderr)).toContain("for more roles in the account, add --existing-provider");
    const second = await run([...flags, "--existing-provider"]);
    expect(unwrapped(second.stderr)).toContain("Give this template its own stack");
    expect(second.stderr).not.toContain("--existing-provider");
  });

  it("leaves the account open where the document names none", async () => {
    const flags = ["--project=acme/shop", "--branch=main", "--existing-provider", "--format=terraform"];
    expect((await run(flags)).stderr).toContain("arn:aws:iam::<account>:oidc-provider/gitlab.com");
  });

  it.each([
    ["--project-id=4711", "/projects/4711"],
    ["--project=acme/team/shop", "/projects/acme%2Fteam%2Fshop"],
    ["--group=acme", "/projects/<number of each project>"],
  ])("names the projects of %s in the call that changes `sub`", async (who, path) => {
    const flags = [who, "--branch=main", "--protected-environment", "--format=terraform"];
    expect((await run(flags)).stderr).toContain(`"https://gitlab.com/api/v4${path}"`);
  });

  it("takes the address of the API from the job", async () => {
    const env = { CI_API_V4_URL: "https://gitlab.internal/api/v4" };
    const flags = ["--project-id=1", "--branch=main", "--format=terraform"];
    expect((await run(flags, env)).stderr).toContain('"https://gitlab.internal/api/v4/projects/1"');
  });

  it("tells problems of the words and of the values in one round", async () => {
    const { exitCode, stdout, stderr } = await run(["--frob", "--account=1", "--project=x", "--branch=main"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain("The configuration has 3 problems");
  });

  it("tells a wrong word although all else is right", async () => {
    const { exitCode, stdout } = await run([...FLAGS, "--branch=main", "--frob"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  });

  it("takes a policy as long as IAM does, and none that is longer", async () => {
    const projects = (count: number) =>
      `--project=${Array.from({ length: count }, (_, index) => `acme/project-${index + 10}`).join()}`;
    const outcomeOf = async (count: number) =>
      (await run(["--account=123456789012", "--branch=main", projects(count)])).exitCode;
    expect(await outcomeOf(25)).toBe(0);
    expect(await outcomeOf(40)).toBe(2);
  });
});

describe("with a token and no flags", () => {
  it("asks for what the token says", async () => {
    const { exitCode, stdout, stderr } = await run([], jobOf());
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(JSON.parse(stdout).Statement[0].Condition.StringEquals).toEqual({
      "gitlab.com:aud": "https://gitlab.com",
      "gitlab.com:sub": "project_path:acme/shop:ref_type:branch:ref:main",
      "gitlab.com:project_id": "4711",
      "gitlab.com:namespace_id": "42",
    });
  });

  it.each<[string, TokenDescription, string]>([
    ["an unprotected branch", { refProtected: false }, "is not protected"],
    [
      "a fork",
      {
        project: "mallory/shop",
        jobProject: { path: "acme/shop", id: "4711", namespaceId: "42" },
        projectId: "666",
      },
      "names the fork mallory/shop",
    ],
  ])("cautions about %s", async (_, token, caution) => {
    const { exitCode, stderr } = await run([], jobOf(token));
    expect(exitCode).toBe(0);
    expect(stderr).toContain(caution);
  });

  it("makes no policy for a token that none could admit", async () => {
    const { exitCode, stdout, stderr } = await run([], jobOf({ claims: { azp: ["a", "b"] } }));
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain('the ID token has no single "aud" or "azp" to ask for');
  });
});
