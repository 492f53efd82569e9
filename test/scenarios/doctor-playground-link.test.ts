import { afterAll, beforeAll, expect, it } from "vitest";
import { expectToldProblems } from "../harness/told-problems.ts";
import { type DoctorWorld, printed, startDoctorWorld } from "./doctor-world.ts";
import { openLink, PAGE } from "./playground-page.ts";

let world: DoctorWorld;
beforeAll(async () => {
  world = await startDoctorWorld();
});
afterAll(() => world.close());

it("ends with a link that holds the job's claims, and nothing of a person or a token", async () => {
  const run = await world.run({ ...world.environment(), AWS_OIDC_PLAYGROUND_URL: PAGE });
  const [, link = ""] = /\nTry it in the playground:\n(\S+)\n$/.exec(run.stdout) ?? [];
  const opened = await openLink(link);
  expect(opened?.claims).toMatchObject({
    sub: "project_path:acme/shop:ref_type:branch:ref:main",
    project_path: "acme/shop",
    ref_protected: expect.anything(),
  });
  expect(
    Object.keys(opened?.claims ?? {}).filter((name) => /^user_(?!access_level)|^(?:exp|iat|jti)$/.test(name)),
  ).toEqual([]);
  // What was kept back is not absent.
  expect(opened?.otherClaims).toBe("unknown");
  expect(run.exitCode).toBe(0);
});

it("gives the link to machines too, for the job that flags describe", async () => {
  const flags = ["--project", "acme/shop", "--branch", "main", "--playground-url", PAGE, "--format", "json"];
  const { stdout } = await world.run({}, { flags });
  expect(await openLink(JSON.parse(stdout).playground)).toMatchObject({
    claims: { sub: "project_path:acme/shop:ref_type:branch:ref:main" },
    otherClaims: "unknown",
  });
});

it("has none unless it knows where the page is", async () => {
  const { stdout } = await world.run(world.environment(), { flags: ["--format", "json"] });
  expect(JSON.parse(stdout)).not.toHaveProperty("playground");
});

it("takes nothing but the address of a page", async () => {
  const run = await world.run({ ...world.environment(), AWS_OIDC_PLAYGROUND_URL: `${PAGE}#who` });
  expect(printed(run)).toMatchInlineSnapshot(`
    "exit code 2
    --- stderr
    ✖ The configuration has one problem.

      playground-url: "https://acme.gitlab.io/aws-oidc/latest/#who"
        expected the address of a page, without a \`#\`
        → Write https://<host>/<path>/latest/, as a browser shows it.
    "
  `);
});

it("does not show a password that stands in the address", async () => {
  const url = "https://ada:hunter22@acme.gitlab.io/aws-oidc/latest/";
  const run = await world.run({ ...world.environment(), AWS_OIDC_PLAYGROUND_URL: url });
  expect(run).toMatchObject({ exitCode: 2, stdout: "" });
  expectToldProblems(run, [["playground-url", "a URL with a user name or password in it"]]);
  expect(run.stderr).not.toContain("hunter22");
});
