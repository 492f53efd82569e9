import { expect, it } from "vitest";
import { parseTrustPolicy } from "../../src/aws/trust-policy/model/parse.ts";
import { runScript } from "../harness/run-script.ts";
import { unwrapped } from "../harness/stable.ts";

it("says on standard error what a wide scope admits, and prints the policy alone", async () => {
  const argv = ["trust-policy", "--account=123456789012", "--group=acme", "--with-subgroups", "--any-ref"];
  const run = await runScript({ argv });
  expect(run.exitCode).toBe(0);
  expect(run.stderr.split(/^(?=! )/m).map(unwrapped)).toEqual([
    expect.stringMatching(/^! This admits every project in or anywhere below acme, /),
    expect.stringMatching(/^! This admits any branch and any tag, /),
  ]);
  expect(parseTrustPolicy(run.stdout).kind).toBe("policy");
});

it("prints the call that has GitLab make the `sub` that the policy asks for", async () => {
  const argv = [
    ...["trust-policy", "--account=123456789012", "--project-id=4711,4712", "--tag=v*", "--protected"],
    "--issuer=https://example.com/gitlab",
  ];
  const run = await runScript({ argv });
  expect(run.exitCode).toBe(0);
  const calls = run.stderr.match(/^ {2}curl .*$/gm) ?? [];
  expect(calls).toHaveLength(2);
  for (const [index, call] of calls.entries()) {
    expect(call).toContain('curl --fail --request PUT --header "PRIVATE-TOKEN: $GITLAB_TOKEN"');
    expect(call).toContain(
      '{"ci_id_token_sub_claim_components":["project_id","ref_protected","ref_type","ref"]}',
    );
    expect(call).toContain(`"https://example.com/gitlab/api/v4/projects/${4711 + index}"`);
  }
  expect(unwrapped(run.stderr)).toMatch(
    /^! This admits any tag like v\* that GitLab protects: .*! GitLab makes this `sub` only after the call below/,
  );
  expect(run.stdout).toContain(
    '"example.com/gitlab:sub": [\n            "project_id:4711:ref_protected:true:ref_type:tag:ref:v*",',
  );
});

it("names a project in that call by its path where no number is known, and leaves a group's open", async () => {
  const flags = ["trust-policy", "--format=terraform", "--protected-environment", "--branch=main"];
  const byPath = await runScript({ argv: [...flags, "--project=acme/team/shop"] });
  expect(byPath.stderr).toContain('"https://gitlab.com/api/v4/projects/acme%2Fteam%2Fshop"');
  const ofGroup = await runScript({ argv: [...flags, "--group=acme"] });
  expect(ofGroup.stderr).toContain('"https://gitlab.com/api/v4/projects/<number of each project>"');
});

it("reminds of the audience where templates cannot add it", async () => {
  const flags = ["trust-policy", "--project=acme/shop", "--branch=main", "--existing-provider"];
  const run = await runScript({ argv: [...flags, "--format=cloudformation", "--audience=aws"] });
  expect(unwrapped(run.stderr.replaceAll("\\\n", ""))).toMatch(
    /audience: aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn 'arn:aws:iam::<account>:oidc-provider\/gitlab.com' --cli-input-json '\{"ClientID":"aws"\}' ! Give this template its own stack/,
  );
});
