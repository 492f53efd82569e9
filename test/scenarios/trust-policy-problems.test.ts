import { expect, it } from "vitest";
import { runScript } from "../harness/run-script.ts";
import { expectToldProblems } from "../harness/told-problems.ts";

it("tells everything that is wrong in one round, and prints no policy", async () => {
  const flags = {
    account: "1234-5678",
    project: "shop",
    branch: "rel?ase",
    "any-ref": "true",
    issuer: "http://gitlab.example.com/?x=1",
    "max-session-seconds": "1h",
    format: "yaml",
  };
  const argv = ["trust-policy", ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)];
  const run = await runScript({ argv: [...argv, "--any-project"] });
  expect(run).toMatchObject({ exitCode: 2, stdout: "", files: [] });
  expectToldProblems(run, [
    ["--any-project", "not an option of this command"],
    ["--format", /^"yaml" one of json, cloudformation, terraform, cli/],
    ["--issuer", /http instead of https, a query or fragment, .*→ Write https:\/\/gitlab.example.com/],
    ["--project", /^"shop" a path such as acme\/shop/],
    ["--any-ref", "together with --branch"],
    ["--branch", /^"rel\?ase" .*\* only/],
    ["--max-session-seconds", /^"1h" .*3600 to 43200/],
    ["--account", /^"1234-5678" an account id of 12 digits/],
  ]);
});

it("refuses a policy that is longer than IAM takes", async () => {
  const projects = Array.from({ length: 40 }, (_, index) => `acme/a-project-with-a-name-${index}`);
  const argv = ["trust-policy", "--account=123456789012", `--project=${projects.join(",")}`, "--branch=main"];
  const run = await runScript({ argv });
  expect(run).toMatchObject({ exitCode: 2, stdout: "" });
  expectToldProblems(run, [["trust policy", /^3055 characters, .*at most 2048/]]);
});

it("asks for project, ref and account when nothing is given and there is no token", async () => {
  const run = await runScript({ argv: ["trust-policy"] });
  expect(run).toMatchObject({ exitCode: 2, stdout: "" });
  expect(run.stderr.match(/^ {2}\S+: .+$/gm)).toEqual([
    "  --project: no project",
    "  --branch: no branch or tag",
    "  --account: no account",
  ]);
});
