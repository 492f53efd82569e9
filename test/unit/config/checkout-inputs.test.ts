import { describe, expect, it } from "vitest";
import { runCli } from "../../../src/cli.ts";
import type { Checkout, Environment } from "../../../src/foundation/ports.ts";
import { Secret } from "../../../src/foundation/secret.ts";
import { assertDoctorJson } from "../../harness/doctor-schema.ts";
import { createMemoryHost } from "../../harness/memory-host.ts";
import { unwrapped } from "../../harness/stable.ts";
import { expectToldProblems } from "../../harness/told-problems.ts";

const noNetwork = (): never => {
  throw new Error("nobody is asked");
};

type Remote = Extract<Checkout, { kind: "remote" }>;

/** A clone of `acme/shop`, on its default branch unless said otherwise. */
function clone(more: Partial<Remote> = {}, address = "git@gitlab.example.com:acme/shop.git"): Checkout {
  const secret = new Secret(address, "address");
  return { kind: "remote", name: "origin", address: secret, branch: "main", defaultBranch: "main", ...more };
}

async function run(argv: readonly string[], checkout: Checkout = clone(), env: Environment = {}) {
  const files = { "policy.json": POLICY };
  const host = createMemoryHost({ env: { NO_COLOR: "1", ...env }, files, checkout });
  const network = { connectSts: noNetwork, fetchPage: noNetwork, findWay: noNetwork };
  const exitCode = await runCli(argv, host, network);
  assertDoctorJson(argv, host.stdout());
  return { exitCode, stdout: host.stdout(), stderr: host.stderr() };
}

const POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: {
    Effect: "Allow",
    Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/gitlab.example.com" },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        "gitlab.example.com:aud": "https://gitlab.example.com",
        "gitlab.example.com:sub": "project_path:acme/shop:ref_type:branch:ref:main",
      },
    },
  },
});

/** What is told, in one line. */
function told({ stderr }: { readonly stderr: string }): string {
  return unwrapped(stderr).trim();
}

const FEATURE = clone({ branch: "fix/tea" });

describe("trust-policy in a clone", () => {
  const ask = (flags: readonly string[], checkout?: Checkout, env?: Environment) =>
    run(["trust-policy", "--account", "123456789012", ...flags], checkout, env);

  it("is for the default branch of its project, and says so", async () => {
    const answer = await ask([]);
    expect(told(answer)).toBe(
      "! Project acme/shop on https://gitlab.example.com, branch main: from the git remote origin.",
    );
    expect(JSON.parse(answer.stdout).Statement[0]).toMatchObject(JSON.parse(POLICY).Statement);
    expect(answer.exitCode).toBe(0);
  });

  it("never makes a role for the branch that is checked out unasked", async () => {
    const answer = await ask([], FEATURE);
    expect(answer.stdout).toContain("ref_type:branch:ref:main");
    expect(told(answer)).toContain(
      "That is the default branch; for the one that is checked out, give --branch fix/tea.",
    );
  });

  it("asks for the branch where the clone does not know the default one", async () => {
    const answer = await ask([], clone({ defaultBranch: undefined }));
    expect(told(answer)).toContain("The clone does not know its default branch: give --branch.");
    expect(answer).toMatchObject({ exitCode: 2, stdout: "" });
  });

  it.each([[["--tag", "v1"]], [["--any-ref"]], [["--protected-environment"]]])(
    "leaves the refs to %j",
    async (flags) => {
      const answer = await ask(flags);
      expect(told(answer)).toContain(
        "! Project acme/shop on https://gitlab.example.com: from the git remote",
      );
      expect(answer.stdout).not.toContain("ref:main");
      expect(answer.exitCode).toBe(0);
    },
  );

  it("gives no branch to one role of several where another names its refs", async () => {
    const answer = await ask(["--format", "cli", "--role", "one", "--any-tag", "--role", "two"]);
    expectToldProblems(answer, [["--branch of two", "no branch or tag"]]);
  });

  it.each([
    [["--project", "acme/till", "--branch", "main"]],
    [["--group", "acme", "--branch", "main"]],
    [["--project-id", "4711", "--branch", "main"]],
    [["--format", "cli", "--role", "one", "--project", "acme/till", "--branch", "main"]],
  ])("takes nothing where flags name projects: %j", async (flags) => {
    const answer = await ask(flags);
    expect(answer.stdout).toContain("gitlab.com");
    expect(answer.stdout + answer.stderr).not.toMatch(/acme\/shop|gitlab\.example\.com|git remote/);
  });

  it.each([{ GITLAB_CI: "true" }, { CI_SERVER_URL: "https://gitlab.com" }])(
    "takes nothing in a job: %j",
    async (env) => {
      const answer = await ask(["--branch", "main"], clone(), env);
      expectToldProblems(answer, [["--project", "no project"]]);
    },
  );

  it("takes nothing when told so", async () => {
    expectToldProblems(await ask(["--no-checkout", "--branch", "main"]), [["--project", "no project"]]);
  });

  it("says why nothing is taken of a remote that is not GitLab, and shows no password of it", async () => {
    const answer = await ask(["--branch", "main"], clone({}, "https://ada:hunter22@github.com/acme/shop"));
    expect(told(answer)).toContain(
      "! Nothing is taken from the git remote origin: github.com is not GitLab.",
    );
    expect(answer.stderr).not.toContain("hunter22");
    expect(answer.exitCode).toBe(2);
  });

  it("says why nothing is taken of a folder, and of another user's repository", async () => {
    expect(told(await ask([], clone({}, "/srv/git/shop.git")))).toContain(
      "names no project on a GitLab host",
    );
    expect(told(await ask([], { kind: "distrusted" }))).toContain("it belongs to another user");
    expect(told(await ask([], { kind: "ambiguous", names: ["gitlab", "mirror"] }))).toContain(
      "of the remotes gitlab, mirror, none is called origin",
    );
  });

  it("checks what it takes like a flag", async () => {
    const answer = await ask(
      [],
      clone({ defaultBranch: "a..b" }, "https://gitlab.example.com:8443/acme/shop.atom"),
    );
    expectToldProblems(answer, [
      ["git remote origin", '"https://gitlab.example.com:8443", with a port'],
      ["git remote origin", '"acme/shop.atom"'],
      ["git remote origin", '"a..b"'],
    ]);
  });
});

it("takes no list for a project or a branch", async () => {
  const argv = ["trust-policy", "--account", "123456789012"];
  const projects = await run(argv, clone({}, "git@gitlab.example.com:acme/shop,evil/shop.git"));
  const branches = await run(argv, clone({ defaultBranch: "main,evil" }));
  for (const answer of [projects, branches]) expect(answer).toMatchObject({ exitCode: 2, stdout: "" });
  expect(told(branches)).not.toContain("evil");
});

describe("an instance below a path", () => {
  const below = clone({}, "https://example.com/gitlab/acme/shop.git");
  const ask = (flags: readonly string[], checkout: Checkout) =>
    run(["trust-policy", "--account", "123456789012", ...flags], checkout);

  it("is not known from the address, which the note says", async () => {
    expect(told(await ask([], below))).toContain(
      "If your GitLab is below a path of that host, give --issuer",
    );
    expect(told(await ask([], clone({}, "https://gitlab.com/acme/team/shop")))).not.toContain("--issuer");
  });

  it.each([below, clone({}, "git@example.com:acme/shop.git")])("is known with --issuer", async (checkout) => {
    const answer = await ask(["--issuer", "https://example.com/gitlab"], checkout);
    expect(told(answer)).toContain("! Project acme/shop on https://example.com/gitlab, branch main");
    expect(answer.stdout).toContain("project_path:acme/shop:");
  });

  it("is not taken for another instance", async () => {
    const answer = await ask(["--issuer", "https://gitlab.com"], below);
    expect(told(answer)).toContain("it is on https://example.com, which is not the --issuer given.");
    expect(answer.exitCode).toBe(2);
  });
});

describe("doctor in a clone", () => {
  const ask = (flags: readonly string[], checkout?: Checkout, env?: Environment) =>
    run(["doctor", "--trust-policy", "policy.json", ...flags], checkout, env);

  it("looks at the job of the branch that is checked out", async () => {
    const main = await ask([]);
    expect(told(main)).toBe(
      "! Project acme/shop on https://gitlab.example.com, branch main: from the git remote origin.",
    );
    expect(main).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("ref:main") });
    const feature = await ask([], FEATURE);
    expect(feature).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("ref:fix/tea") });
  });

  it("needs no flags at all", async () => {
    const answer = await run(["doctor"]);
    expect(answer.stdout).toContain("project_path:acme/shop:ref_type:branch:ref:main");
    expect(answer.exitCode).toBe(0);
  });

  it("keeps what it says of git out of the answer for machines", async () => {
    const { stdout, stderr } = await ask(["--format", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({ about: "claims", verdict: "clear" });
    expect(stderr).toContain("git remote origin");
  });

  it.each([
    [["--tag", "v1"], "ref_type:tag:ref:v1"],
    [["--branch", "next"], "ref_type:branch:ref:next"],
    [["--merge-request"], "ref_type:branch:ref:fix/tea"],
    [["--merge-request", "other"], "ref_type:branch:ref:other"],
  ])("goes by %j", async (flags, sub) => {
    expect((await ask(flags, FEATURE)).stdout).toContain(`project_path:acme/shop:${sub}`);
  });

  it("compares the instance of the remote with that of the policy", async () => {
    const answer = await ask([], clone({}, "git@gitlab.com:acme/shop.git"));
    expect(answer).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining("iss  https://gitlab.com\n"),
    });
  });

  it.each([
    [["--no-checkout"], clone()],
    [[], clone({ branch: undefined })],
    [[], clone({}, "git@github.com:acme/shop.git")],
  ] as const)("looks at the policy alone with %j where git says nothing", async (flags, checkout) => {
    const answer = await ask(flags, checkout);
    expect(answer.stdout).toContain("see --claims and --project");
    expect(answer.exitCode).toBe(0);
  });

  it("takes nothing where the job is described, an error is explained, or a job runs", async () => {
    const described = await run(["doctor", "--project", "acme/till", "--branch", "main"]);
    const explained = await run(["doctor", "--explain", "ExpiredTokenException: Token expired"]);
    const inJob = await run(["doctor", "--tag", "v1"], clone(), { GITLAB_CI: "true" });
    expect(
      [described, explained, inJob].map(({ stdout, stderr }) => `${stdout}${stderr}`).join(),
    ).not.toMatch(/project_path:acme\/shop|git remote/);
  });
});
