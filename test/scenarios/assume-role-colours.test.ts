import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runInWorld, transcript } from "../harness/scenario.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const COLOURS = { GITLAB_CI: "true", NO_COLOR: "" };

it("paints a success in a GitLab job", async () => {
  const run = await runInWorld(world, { env: COLOURS });
  expect(escaped(transcript(run))).toMatchInlineSnapshot(`
    "exit code 0; files: aws-oidc-31337.annotations.json, aws-oidc-31337.env; requests to STS: AssumeRoleWithWebIdentity, GetCallerIdentity
    --- stdout
    <ESC>[32;1m✔<ESC>[0m <ESC>[1marn:aws:sts::123456789012:assumed-role/deploy/GitLabRunner-4711-90210<ESC>[0m
      <ESC>[90maccount    <ESC>[0m  123456789012
      <ESC>[90muntil      <ESC>[0m  <instant> (1 h)
      <ESC>[90manswered by<ESC>[0m  STS at http://127.0.0.1:<port>, in <seconds> s
      <ESC>[90mwritten    <ESC>[0m  aws-oidc-31337.env with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,
                   AWS_CREDENTIAL_EXPIRATION, AWS_ACCOUNT_ID, AWS_OIDC_REPORT_31337
      <ESC>[90mgoes to    <ESC>[0m  jobs that name this one in \`needs\`, and every job of a later stage without
                   \`dependencies: []\`
    "
  `);
});

it("paints problems in a GitLab job", async () => {
  const run = await runInWorld(world, { env: { ...COLOURS, AWS_OIDC_REGION: "nowhere" } });
  expect(escaped(transcript(run))).toMatchInlineSnapshot(`
    "exit code 2; files: none; requests to STS: none
    --- stderr
    <ESC>[31;1m✖<ESC>[0m <ESC>[1mThe configuration has one problem; nothing was sent to AWS.<ESC>[0m

      <ESC>[1mregion: <ESC>[0m"nowhere" is not an AWS Region that this release knows
        <ESC>[90mexpected<ESC>[0m a Region such as eu-north-1, ap-east-1, ap-east-2
        <ESC>[32;1m→<ESC>[0m Correct the name; for a Region that AWS opened since, use a newer release of the component.
    "
  `);
});

it("paints nothing where NO_COLOR forbids it", async () => {
  const run = await runInWorld(world, { env: { ...COLOURS, NO_COLOR: "1" } });
  expect(run.stdout).not.toContain("\u001b");
});

function escaped(text: string): string {
  return text.replaceAll("\u001b", "<ESC>");
}
