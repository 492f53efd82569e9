import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";

const root = join(import.meta.dirname, "../../..");

/** The two documents of a template: its inputs, and its jobs. */
function readTemplate(name: string) {
  const text = readFileSync(join(root, "templates", `${name}.yml`), "utf8");
  // `!reference` is a tag of GitLab's own; what it refers to comes as a list.
  const [header, jobs] = parseAllDocuments(text, { logLevel: "silent" }).map((document) => document.toJS());
  return { inputs: header.spec.inputs, include: jobs.include, job: jobs["$[[ inputs.job-name ]]"] };
}

const TEMPLATES = ["assume-role", "web-identity", "doctor"] as const;

const doctor = readTemplate("doctor");
const assumeRole = readTemplate("assume-role");

it("takes every input of assume-role, so that the same YAML fits both", () => {
  const { "job-name": _name, ...shared } = assumeRole.inputs;
  expect(doctor.inputs).toMatchObject(shared);
});

it("is started by hand and stops no pipeline", () => {
  expect(doctor.job).toMatchObject({ when: "manual", allow_failure: true });
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
  const [name, keyword] = job.script;
  expect(keyword).toBe("script");
  expect(Object.keys(runtime)).toEqual([name]);
  expect(runtime[name].script[0]).toContain(`' ${command} <<'`);
});

it("passes on what assume-role passes on, and leaves nothing behind", () => {
  expect(doctor.job.variables).toMatchObject(assumeRole.job.variables);
  expect(doctor.job).not.toHaveProperty("artifacts");
});

describe.each(TEMPLATES)("every job of %s", (name) => {
  const text = readFileSync(join(root, "templates", `${name}.yml`), "utf8");
  const [header, body] = parseAllDocuments(text, { logLevel: "silent" });
  const jobs = Object.entries<Readonly<Record<string, unknown>>>(body?.toJS() ?? {}).filter(
    ([key]) => key !== "include",
  );

  it("stands where a plain job stands, and leaves `extends` to the consumer", () => {
    expect(jobs.length).toBeGreaterThan(0);
    for (const [job, keywords] of jobs) {
      for (const keyword of ["rules", "only", "except", "extends"])
        expect(keywords, job).not.toHaveProperty(keyword);
    }
  });

  it("has no input that YAML 1.1, as GitLab reads it, takes for anything but text", () => {
    for (const input of Object.values<{ readonly options?: readonly string[] }>(header?.toJS().spec.inputs)) {
      for (const option of input.options ?? []) expect(parse(option, { version: "1.1" })).toBe(option);
    }
  });

  it("has no backslash in its shell commands, which dash would eat on Kubernetes", () => {
    const commands = jobs.flatMap(([, { before_script = [], after_script = [] }]) =>
      [before_script, after_script].flat(),
    );
    expect(commands.filter((command) => String(command).includes("\\"))).toEqual([]);
  });
});

it("has no backslash in the script that a job carries either", () => {
  for (const name of ["runtime", "doctor-runtime"]) {
    expect(readFileSync(join(root, "dist", `${name}.yml`), "utf8")).not.toContain("\\");
  }
});

it.each(TEMPLATES)("refuses the name of a job that GitLab would garble: %s", (name) => {
  const [header] = parseAllDocuments(readFileSync(join(root, "templates", `${name}.yml`), "utf8"));
  const regex = new RegExp(header?.toJS().spec.inputs["job-name"].regex);
  expect(regex.test("a\\0b")).toBe(false);
  // The name of the hidden job of `web-identity` is part of the names of variables, and stands in its script.
  expect(regex.test("deploy: [eu-west-1] / 2")).toBe(name !== "web-identity");
  for (const text of ["a-b", "a.b", "a\nb", "$(id)", ""]) {
    if (name === "web-identity") expect(regex.test(text), text).toBe(false);
  }
});
