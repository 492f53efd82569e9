import { expect, it } from "vitest";
import { runScript } from "../harness/run-script.ts";
import { stable } from "../harness/stable.ts";

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
  expect(stable(run.stderr)).toMatchInlineSnapshot(`
    "✖ The configuration has 8 problems.

      --any-project: not an option of this command
        expected an option of trust-policy
        → Run \`node /…/aws-oidc.cjs trust-policy --help\` for the list.

      --format: "yaml"
        expected one of json, cloudformation, terraform, cli
        → Set --format to one of these words, in lower case.

      --issuer: "http://gitlab.example.com/?x=1", with http in place of https, a query or fragment, a slash at the end
        expected the \`iss\` of the tokens: a URL such as https://gitlab.example.com
        → Write https://gitlab.example.com, if that is the \`iss\`; otherwise GitLab has to be given
          another URL first.

      --project: "shop"
        expected a path such as acme/shop
        → Write group/project; for all projects of a group use --group.

      --any-ref: together with --branch
        expected one of them, since --any-ref admits whatever --branch would
        → Leave --any-ref out, unless all of these may assume the role.

      --branch: "rel?ase"
        expected the name of a branch
        → Put a wildcard at the end only, and * only.

      --max-session-seconds: "1h"
        expected a whole number of seconds from 3600 to 43200
        → Write the seconds as digits only.

      --account: "1234-5678"
        expected an account id of 12 digits
        → Write all 12 digits, without dashes.
    "
  `);
});

it("refuses a policy that is longer than IAM takes", async () => {
  const projects = Array.from({ length: 40 }, (_, index) => `acme/a-project-with-a-name-${index}`);
  const argv = ["trust-policy", "--account=123456789012", `--project=${projects.join(",")}`, "--branch=main"];
  const run = await runScript({ argv });
  expect(run).toMatchObject({ exitCode: 2, stdout: "" });
  expect(stable(run.stderr)).toMatchInlineSnapshot(`
    "✖ The configuration has one problem.

      trust policy: 3055 characters, white space not counted
        expected at most 2048, which IAM takes
        → Make several roles with some of the projects and refs each, or trust a group.
    "
  `);
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
