import { expect, it } from "vitest";
import { describeWideAdmission } from "../../../../src/aws/identity-setup/wide-admission.ts";
import { SCOPE_CASES } from "./scope-cases.ts";

it("says nothing of a scope that names its projects and refs", () => {
  const narrow = SCOPE_CASES.filter(({ admitsToo = [] }) => admitsToo.length === 0);
  const silent = narrow.filter(({ scope }) => describeWideAdmission(scope).length === 0);
  expect(narrow.filter((scopeCase) => !silent.includes(scopeCase)).map(({ name }) => name)).toEqual([
    "a tier on a branch",
    "a branch and protected tags that start the same, in a protected environment",
    "the projects of a group by its number too",
  ]);
});

it("tells what every wide scope admits", () => {
  const wide = SCOPE_CASES.map(({ name, scope }) => ({ name, told: describeWideAdmission(scope) })).filter(
    ({ told }) => told.length > 0,
  );
  const text = wide.map(({ name, told }) => `${name}\n${told.map((sentence) => `  ${sentence}\n`).join("")}`);
  expect(text.join("")).toMatchInlineSnapshot(`
    "branches below a name, and one by its name
      This admits any branch like release/*, including future ones and their merge requests: anyone who may push one can assume the role.
    protected tags that start the same
      This admits any tag like v* that GitLab protects: check the project's protected branches and tags.
    any branch
      This admits any branch, including future ones and their merge requests: anyone who may push one can assume the role.
    any tag
      This admits any tag, including future ones: anyone who may push one can assume the role.
    any ref
      This admits any branch and any tag, including future ones and their merge requests: anyone who may push one can assume the role.
    any protected ref on gitlab.com
      This admits any branch and any tag that GitLab protects: check the project's protected branches and tags.
    any protected ref elsewhere
      This admits any branch and any tag that GitLab protects: check the project's protected branches and tags.
    a protected environment
      This admits any branch and any tag, in jobs of a protected environment: check who may deploy to it.
    a tier on a branch
      .gitlab-ci.yml sets the tier of an environment, so it keeps out nobody who may push to these refs. Add --protected-environment.
    environments that are not protected, on any branch
      This admits any branch, including future ones and their merge requests: anyone who may push one can assume the role.
    a branch and protected tags that start the same, in a protected environment
      This admits any tag like v* that GitLab protects: check the project's protected branches and tags.
    the projects of a group
      This admits every project directly in acme, including future ones: anyone who may create a project there can assume the role.
    the projects of a group by its number too
      This admits every project directly in acme, including future ones: anyone who may create a project there can assume the role.
    the projects of a group, on any branch, even one with slashes
      This admits every project directly in acme, including future ones: anyone who may create a project there can assume the role.
      This admits any branch, including future ones and their merge requests: anyone who may push one can assume the role.
    the projects of a group, on any protected ref elsewhere
      This admits every project directly in acme, including future ones: anyone who may create a project there can assume the role.
      This admits any branch and any tag that GitLab protects: check the project's protected branches and tags.
    the projects of groups and their subgroups
      This admits every project in or anywhere below acme, umbrella/labs, including future ones: anyone who may create a project there can assume the role.
    "
  `);
});

it("tells it of every scope that admits more than it names", () => {
  const wide = SCOPE_CASES.filter(({ admitsToo = [] }) => admitsToo.length > 0);
  expect(wide.filter(({ scope }) => describeWideAdmission(scope).length === 0)).toEqual([]);
});
