import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";
import { findSecrets } from "../harness/secret-search.ts";
import { unwrapped } from "../harness/stable.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** Text that a terminal or GitLab's log would act upon, and how it is shown. */
const SENT = "a\u001b[2Jb\rc\u009bd\u202ee\nf section_start:1:x\r\u001b[0K";
const SHOWN = "a\\u001b[2Jb\\u000dc\\u009bd\\u202ee\\u000af section\\u005fstart:1:x\\u000d\\u001b[0K";

describe("a token that was pasted into the wrong place, and that nobody told the script of", () => {
  // These lead to files, hosts and timers; test/unit/hostile-inputs.test.ts has the others.
  it.each([
    "AWS_OIDC_SESSION_POLICY_FILE",
    "AWS_OIDC_STS_ENDPOINT",
    "AWS_OIDC_TIMEOUT_SECONDS",
    "AWS_CA_BUNDLE",
    "HTTP_PROXY",
  ])("is not shown: %s", async (name) => {
    const other = world.mintToken({ jobId: "31338" });
    const run = await runInWorld(world, { env: { [name]: other } });
    expect(findSecrets(run.stdout + run.stderr, other.split("."))).toEqual([]);
  });
});

describe("claims that hold more than text", () => {
  const run = (claims: Readonly<Record<string, unknown>>, argv = ["doctor", "--personal-claims=shown"]) =>
    runInWorld(world, { argv, env: { GITLAB_OIDC_TOKEN: world.mintToken({ claims }) } });

  it("are shown on one line each, by the doctor", async () => {
    const names = ["ref", "project_path", "environment", "user_login"];
    const sent = Object.fromEntries(names.map((name) => [name, SENT]));
    const { stdout, stderr } = await run({ user_email: "x", ...sent });
    const lines = stdout.split("\n").map((line) => line.trim().replace(/^(\w+) +/, "$1 "));
    expect(lines).toEqual(expect.arrayContaining(names.map((name) => `${name} ${SHOWN}`)));
    expect(stdout + stderr).not.toMatch(/(?![\n\t])\p{Cc}|\u202e/u);
  });

  it("are shown on one line after a refusal", async () => {
    const { stderr } = await run({ sub: SENT, ref: SENT }, ["assume-role"]);
    expect(unwrapped(stderr)).toContain(`token sub ${unwrapped(SHOWN)} `);
  });

  it.each([[["assume-role"]], [["doctor"]], [["doctor", "--format=json"]], [["trust-policy"]]])(
    "are no reason to break down, though UTF-8 has no bytes for them: %j",
    async (argv) => {
      const names = ["ref", "user_email", "project_path", "environment", "\ud800"];
      const half = Object.fromEntries(names.map((name) => [name, "ada\ud800@example.org"]));
      const { stdout, stderr, exitCode } = await run(half, argv);
      expect(stdout + stderr).not.toContain("This is a bug");
      expect([0, 1, 2]).toContain(exitCode);
    },
  );

  it("are refused when nobody could write them down again", async () => {
    const nested: unknown = JSON.parse(`${"[".repeat(2000)}${"]".repeat(2000)}`);
    const { stderr, exitCode } = await run({ ref: nested }, ["assume-role"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("GITLAB_OIDC_TOKEN: ");
  });
});

it("takes colours and marks out of an error that is to be explained, and shows what it says", async () => {
  const text = `An error occurred (Teapot) when calling the X operation: ${SENT}`;
  const { stdout } = await runInWorld(world, { argv: ["doctor", "--explain", text] });
  expect(stdout).toMatch(/^ {2}message +ab cde f/m);
  expect(stdout).not.toMatch(/(?![\n\t])\p{Cc}|\u202e|section_start/u);
});
