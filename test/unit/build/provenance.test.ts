import { describe, expect, it } from "vitest";
import { type ExpectedProvenance, findProvenanceFaults } from "../../../build/provenance.ts";
import { type AttestedJob, describeProvenance } from "../../fakes/runner-provenance.ts";

const SCRIPT = "release/assets/aws-oidc.cjs";
const SUMS = "release/assets/SHA256SUMS";
const DIGESTS = { [SCRIPT]: "a".repeat(64), [SUMS]: "b".repeat(64), "release/notes.md": "c".repeat(64) };

const JOB: AttestedJob = {
  name: "assets",
  id: "90210",
  projectUrl: "https://gitlab.example.com/acme/aws-oidc",
  commit: "d".repeat(40),
  variables: ["CI", "CI_JOB_TOKEN"],
};

const EXPECTED: ExpectedProvenance = {
  files: new Map([
    [SCRIPT, "a".repeat(64)],
    [SUMS, "b".repeat(64)],
  ]),
  projectPath: "acme/aws-oidc",
  commit: JOB.commit,
  job: "assets",
};

type Statement = ReturnType<typeof describeProvenance>;

const faultsOf = (
  change: (statement: Statement) => object = (statement) => statement,
  job: Partial<AttestedJob> = {},
): readonly string[] =>
  findProvenanceFaults(JSON.stringify(change(describeProvenance({ ...JOB, ...job }, DIGESTS))), EXPECTED);

/** With another value at a place of it: `predicate.runDetails`. */
function changed(path: string, value: unknown) {
  return (statement: Statement): Statement => {
    const copy: Record<string, unknown> = structuredClone(statement);
    const names = path.split(".");
    const last = names.pop() ?? "";
    const parent = names.reduce<Record<string, unknown>>(
      (object, name) => object[name] as Record<string, unknown>,
      copy,
    );
    parent[last] = value;
    return copy as unknown as Statement;
  };
}

it("has nothing against what the runner makes of these files", () => {
  expect(faultsOf()).toEqual([]);
});

it("does not mind where the instance lets its projects be cloned from", () => {
  expect(faultsOf(undefined, { projectUrl: "https://clone.example.com/git/acme/aws-oidc" })).toEqual([]);
});

describe("the files", () => {
  it("must all be named", () => {
    const without = changed("subject", describeProvenance(JOB, { [SUMS]: "b".repeat(64) }).subject);
    expect(faultsOf(without)).toEqual([`it does not name ${SCRIPT}`]);
    expect(faultsOf(changed("subject", undefined))).toHaveLength(2);
  });

  it("must be those that were made, and named once", () => {
    const fault = `it names ${SCRIPT} with a different SHA-256 from ${"a".repeat(64)}`;
    const other = describeProvenance(JOB, { ...DIGESTS, [SCRIPT]: "e".repeat(64) }).subject;
    const [first] = describeProvenance(JOB, DIGESTS).subject;
    expect(faultsOf(changed("subject", other))).toEqual([fault]);
    expect(faultsOf((statement) => ({ ...statement, subject: [...statement.subject, first] }))).toEqual([
      fault,
    ]);
  });
});

describe("the source", () => {
  it.each<[string, Partial<AttestedJob>, readonly string[]]>([
    ["another commit", { commit: "e".repeat(40) }, [`it is not for the commit ${JOB.commit}`]],
    ["another job", { name: "test" }, ["it is not for the job assets"]],
    [
      "another project",
      { projectUrl: "https://gitlab.example.com/mallory/aws-oidc" },
      [
        "it is not for the project acme/aws-oidc",
        "it is not from a runner of acme/aws-oidc",
        "its source is not the project acme/aws-oidc",
      ],
    ],
    [
      "a project whose name only ends alike",
      { projectUrl: "https://gitlab.example.com/not-acme/aws-oidc" },
      [
        "it is not for the project acme/aws-oidc",
        "it is not from a runner of acme/aws-oidc",
        "its source is not the project acme/aws-oidc",
      ],
    ],
  ])("must not be %s", (_, job, faults) => {
    expect(faultsOf(undefined, job)).toEqual(faults);
  });

  it("must not hold the credentials of a job", () => {
    const faults = faultsOf(undefined, {
      projectUrl: "https://gitlab-ci-token:glcbt-64_s3cret@gitlab.example.com/acme/aws-oidc",
    });
    expect(faults).toHaveLength(3);
    expect(faults.join("\n")).not.toContain("s3cret");
  });

  it("must be one, with a commit", () => {
    const dependencies = "predicate.buildDefinition.resolvedDependencies";
    const [source] = describeProvenance(JOB, DIGESTS).predicate.buildDefinition.resolvedDependencies;
    for (const value of [[], [source, source], undefined])
      expect(faultsOf(changed(dependencies, value))).toContain(`it is not for the commit ${JOB.commit}`);
  });
});

it("must not hold a value of a variable, which may be a secret", () => {
  const value = changed("predicate.buildDefinition.externalParameters.CI_JOB_TOKEN", "glcbt-64_s3cret");
  expect(faultsOf(value)).toEqual([
    "it contains a value of the variable CI_JOB_TOKEN, which must not be published",
  ]);
});

it.each([
  ["of an older runner", changed("predicateType", "https://slsa.dev/provenance/v0.2")],
  ["of another kind", changed("_type", undefined)],
  ["of nothing", () => ({})],
])("must be a statement that is known, not one %s", (_, change) => {
  expect(faultsOf(change)).toEqual([expect.stringMatching(/^it is .*: use a newer GitLab Runner$/)]);
});

it.each(["", "{", "null", '"text"'])("must be JSON, not %j", (text) => {
  expect(findProvenanceFaults(text, EXPECTED)).toEqual(["it is not JSON"]);
});
