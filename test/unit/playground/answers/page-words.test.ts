import { expect, it } from "vitest";
import { inPageWords, labelOf } from "../../../../playground/answers/page-words.ts";

it.each([
  ["project-id", "Project ID"],
  ["role-arn", "Role ARN"],
  ["issuer", "GitLab instance"],
  ["with-subgroups", "With subgroups"],
])("labels %s as %s", (name, label) => {
  expect(labelOf(name)).toBe(label);
});

it.each([
  [
    "Add --project-id and --namespace-id: the number is on the page of the project or group.",
    "Add “Project ID” and “Namespace ID”: the number is on the page of the project or group.",
  ],
  ["`--any-ref` if any may", "“Any ref” if any may"],
  [
    "Add --output json: aws iam get-role --role-name <role> --output json | aws-oidc.cjs doctor --trust-policy -",
    "Add --output json: aws iam get-role --role-name <role> --output json",
  ],
  ["Nothing to say in other words: a--b, --unknown.", "Nothing to say in other words: a--b, --unknown."],
])("says %j as %j", (text, told) => {
  expect(inPageWords(text)).toBe(told);
});
