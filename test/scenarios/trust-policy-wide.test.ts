import { expect, it } from "vitest";
import { parseTrustPolicy } from "../../src/aws/trust-policy/model/parse.ts";
import { runScript } from "../harness/run-script.ts";

it("says on standard error what a wide scope admits, and prints the policy alone", async () => {
  const argv = ["trust-policy", "--account=123456789012", "--group=acme", "--with-subgroups", "--any-ref"];
  const run = await runScript({ argv });
  expect(run.exitCode).toBe(0);
  expect(run.stderr).toMatchInlineSnapshot(`
    "! This admits every project in or anywhere below acme, later ones too: whoever may create a project
      there can assume the role.
    ! This admits any branch and any tag, later ones and their merge requests too: whoever may push one
      can assume the role.
    "
  `);
  expect(parseTrustPolicy(run.stdout).kind).toBe("policy");
});

it("prints the call that has GitLab make the `sub` that the policy asks for", async () => {
  const argv = [
    ...["trust-policy", "--account=123456789012", "--project-id=4711,4712", "--tag=v*", "--protected"],
    "--issuer=https://example.com/gitlab",
  ];
  const run = await runScript({ argv });
  expect(run.exitCode).toBe(0);
  expect(run.stderr).toMatchInlineSnapshot(`
    "! This admits any tag like v* that GitLab protects: look after the project's protected branches and
      tags.
    ! GitLab makes this \`sub\` only when told to, and then for every job of the project: all trust
      policies for it must follow. If it needs more roles, make them by one command, each behind a
      --role: one call then serves them all.
      curl --fail --request PUT --header "PRIVATE-TOKEN: $GITLAB_TOKEN" --header "Content-Type: application/json" --data '{"ci_id_token_sub_claim_components":["project_id","ref_protected","ref_type","ref"]}' "https://example.com/gitlab/api/v4/projects/4711"
      curl --fail --request PUT --header "PRIVATE-TOKEN: $GITLAB_TOKEN" --header "Content-Type: application/json" --data '{"ci_id_token_sub_claim_components":["project_id","ref_protected","ref_type","ref"]}' "https://example.com/gitlab/api/v4/projects/4712"
    "
  `);
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
  expect(run.stderr).toMatchInlineSnapshot(`
    "! The existing identity provider must list the audience:
      aws iam add-client-id-to-open-id-connect-provider \\
        --open-id-connect-provider-arn 'arn:aws:iam::<account>:oidc-provider/gitlab.com' \\
        --cli-input-json '{"ClientID":"aws"}'
    ! Give this template a stack of its own: a stack that is deployed with another template loses what
      it had from the first.
    "
  `);
});
