import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("refuses a token of another kind", async () => {
  const run = await runInWorld(world, { env: { GITLAB_OIDC_TOKEN: "glcbt-64_3xNkYDc1sN8wBnzd5mVq" } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      GITLAB_OIDC_TOKEN: something that is not a JSON Web Token
        expected a JWT of three parts, as GitLab issues it
        → Pass an \`id_tokens\` variable, not CI_JOB_TOKEN or another token.
    "
  `);
});

it("refuses the literal name of a variable", async () => {
  const run = await runInWorld(world, { env: { GITLAB_OIDC_TOKEN: "$GITLAB_OIDC_TOKEN" } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      GITLAB_OIDC_TOKEN: the name of a variable in place of a token
        expected a JWT of three parts, as GitLab issues it
        → Remove GITLAB_OIDC_TOKEN from \`variables:\`: \`id_tokens\` sets it.
    "
  `);
});

it("refuses a token with a trailing line break, which STS would misunderstand", async () => {
  const run = await runInWorld(world, { env: { GITLAB_OIDC_TOKEN: `${world.mintToken()}\n` } });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has one problem; nothing was sent to AWS.

      GITLAB_OIDC_TOKEN: a token with white space in it
        expected a JWT of three parts, as GitLab issues it
        → Pass the variable on unchanged, without a trailing line break.
    "
  `);
});

it("names every claim that is missing", async () => {
  const run = await runInWorld(world, {
    env: {
      GITLAB_OIDC_TOKEN: world.mintToken({
        claims: { iss: undefined, sub: undefined, aud: "", iat: "now", exp: undefined },
      }),
    },
  });
  expect(transcript(run)).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    ✖ The configuration has 5 problems; nothing was sent to AWS.

      claim "iss": missing or of the wrong type
        expected the URL of the GitLab instance
        → Pass a token that \`id_tokens\` made; CI_JOB_TOKEN and tokens of other issuers lack it.

      claim "sub": missing or of the wrong type
        expected the subject, such as project_path:acme/shop:ref_type:branch:ref:main
        → Pass a token that \`id_tokens\` made; CI_JOB_TOKEN and tokens of other issuers lack it.

      claim "iat": missing or of the wrong type
        expected the second of issue, as a whole number
        → Pass a token that \`id_tokens\` made; CI_JOB_TOKEN and tokens of other issuers lack it.

      claim "exp": missing or of the wrong type
        expected the second of expiry, as a whole number
        → Pass a token that \`id_tokens\` made; CI_JOB_TOKEN and tokens of other issuers lack it.

      claim "aud": missing or empty
        expected the audience that the identity provider in AWS lists
        → Set \`aud\` (input \`audience\`); a variable that does not exist expands to nothing.
    "
  `);
});
