import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";

const root = join(import.meta.dirname, "../../..");

/** The two documents of a template: its inputs, and its jobs. */
function readTemplate(name: string) {
  const text = readFileSync(join(root, "templates", `${name}.yml`), "utf8");
  const [header, jobs] = parseAllDocuments(text).map((document) => document.toJS());
  return { inputs: header.spec.inputs, include: jobs.include, job: jobs["$[[ inputs.job-name ]]"] };
}

const doctor = readTemplate("doctor");
const assumeRole = readTemplate("assume-role");

it("takes every input of assume-role, so that the same YAML fits both", () => {
  const { "job-name": _name, rules: _rules, ...shared } = assumeRole.inputs;
  expect(doctor.inputs).toMatchObject(shared);
});

it("is started by hand and stops no pipeline, and makes none for merge requests", () => {
  expect(doctor.inputs.rules.default).toEqual([
    { if: '$CI_PIPELINE_SOURCE == "merge_request_event"', when: "never" },
    { when: "manual", allow_failure: true },
  ]);
  expect(doctor.job.allow_failure).toBe(true);
});

it("is as closed to a consumer's defaults as assume-role is", () => {
  const isolation = [
    ...["inherit", "before_script", "after_script", "cache", "services", "dependencies", "id_tokens"],
    ...["interruptible", "timeout"],
  ];
  const pick = (job: Record<string, unknown>) => Object.fromEntries(isolation.map((key) => [key, job[key]]));
  expect(pick(doctor.job)).toEqual(pick(assumeRole.job));
});

it.each([
  ["doctor", doctor],
  ["assume-role", assumeRole],
])("runs the command %s of the one script that it includes", (command, { include, job }) => {
  expect(include).toHaveLength(1);
  const runtime = parse(readFileSync(join(root, include[0].local), "utf8"));
  expect(Object.keys(runtime)).toEqual([job.extends]);
  expect(runtime[job.extends].script[0]).toContain(`' ${command} <<'`);
});

it("hands on what assume-role hands on, and leaves nothing behind", () => {
  expect(doctor.job.variables).toMatchObject(assumeRole.job.variables);
  expect(doctor.job).not.toHaveProperty("artifacts");
});
