import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { answerPipeline, COMPONENTS } from "../../../../playground/answers/pipeline.ts";
import { componentInputsOf } from "../../../../src/config/inputs/inputs.ts";

const ROLE = { "role-arn": "arn:aws:iam::123456789012:role/deploy" };

it("writes the include as the README has it, with the inputs that differ from their defaults", () => {
  const fields = { ...ROLE, region: "eu-central-1", "duration-seconds": "900", verify: "identity" };
  expect(answerPipeline("assume-role", fields)).toEqual({
    problems: [],
    yaml: `include:
  - component: $CI_SERVER_FQDN/<group>/aws-oidc/assume-role@1
    inputs:
      role-arn: arn:aws:iam::123456789012:role/deploy
      region: eu-central-1
      duration-seconds: 900

deploy:
  stage: deploy
  needs: [assume-role]
  script: aws sts get-caller-identity
`,
  });
});

it("extends the hidden job of web-identity by the name that it has", () => {
  expect(parse(answerPipeline("web-identity", ROLE).yaml).deploy.extends).toBe(".aws_web_identity");
  const named = answerPipeline("web-identity", { ...ROLE, "job-name": "release_identity" });
  expect(parse(named.yaml).deploy.extends).toBe(".release_identity");
});

it("names project and version of the component where they are given", () => {
  const fields = {
    ...ROLE,
    "component-project": "gitlab.example.com/tools/aws-oidc",
    "component-version": "1.0.0",
  };
  expect(answerPipeline("doctor", fields).yaml).toContain("gitlab.example.com/tools/aws-oidc/doctor@1.0.0\n");
});

it("writes nothing but an address for what a link gives as project and version", () => {
  const fields = {
    ...ROLE,
    "component-project": "x\n  - remote: https://example.com",
    "component-version": "1\nx: y",
  };
  const { include, ...jobs } = parse(answerPipeline("doctor", fields).yaml);
  expect(include).toHaveLength(1);
  expect(include[0].component).toContain("- remote: ");
  expect(jobs).toEqual({});
});

it.each(COMPONENTS)("writes every value so that YAML reads the same, for %s", (component) => {
  const inputs = componentInputsOf(component).filter(({ type }) => type === "string");
  const values = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.constantFrom(
      "true",
      "1e3",
      ".5",
      ".1e3",
      ".inf",
      "~",
      "null",
      "a: b",
      "a #b",
      "- x",
      "*a",
      "&a",
      "012",
      "a:",
    ),
    fc.constantFrom(
      "2026-11-28",
      "0x1f",
      "=",
      "<<",
      "$CI_SERVER_URL",
      "a\nb",
      "{a}",
      "[a]",
      "@a",
      "`a`",
      "%a",
      "!a",
    ),
  );
  fc.assert(
    fc.property(fc.constantFrom(...inputs), values, (input, text) => {
      const { yaml } = answerPipeline(component, { ...ROLE, [input.name]: text });
      const written = parse(yaml).include[0].inputs?.[input.name];
      expect(written).toBe(text === input.default ? undefined : text);
    }),
  );
});

describe("an input that GitLab refuses", () => {
  it.each([
    ["assume-role", {}, "role-arn", "no value"],
    ["assume-role", { "duration-seconds": "1h" }, "duration-seconds", '"1h"'],
    ["assume-role", { verify: "no" }, "verify", '"no"'],
    ["web-identity", { "job-name": "a\\b" }, "job-name", '"a\\\\b"'],
    ["doctor", { format: "xml" }, "format", '"xml"'],
  ] as const)("is named: %s %j", (component, fields, ...[subject, found]) => {
    const given = subject === "role-arn" ? fields : { ...ROLE, ...fields };
    expect(answerPipeline(component, given).problems).toMatchObject([{ subject, found }]);
  });
});

it.each(COMPONENTS)("holds every default of %s to be good", (component) => {
  const defaults = componentInputsOf(component).map(({ name, default: value }) => [
    name,
    String(value ?? ""),
  ]);
  expect(answerPipeline(component, { ...Object.fromEntries(defaults), ...ROLE }).problems).toEqual([]);
});
