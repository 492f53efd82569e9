import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ASSUME_ROLE_INPUTS } from "../../../../src/config/inputs/assume-role-inputs.ts";
import { DOCTOR_INPUTS } from "../../../../src/config/inputs/doctor-inputs.ts";
import { type Input, variableName } from "../../../../src/config/inputs/input.ts";
import { componentInputsOf, INPUTS, inputsOf } from "../../../../src/config/inputs/inputs.ts";
import { TRUST_POLICY_INPUTS } from "../../../../src/config/inputs/trust-policy-inputs.ts";
import { examplesOf, renderCommandUsage, renderUsage } from "../../../../src/config/inputs/usage.ts";

const ALL: readonly Input[] = [...INPUTS, ...TRUST_POLICY_INPUTS];
const COMMANDS = ["assume-role", "doctor", "trust-policy"] as const;

describe("the table of inputs", () => {
  it("has names in lower case with dashes", () => {
    for (const { name } of ALL) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it("names each input of a component once, and each flag of a command", () => {
    const places = [
      { inputs: "of the component", without: "command-line" },
      { inputs: "of the command line", without: "job" },
    ];
    for (const component of new Set(ALL.flatMap(({ components }) => components))) {
      for (const { inputs, without } of places) {
        const names = inputsOf(component).flatMap(({ name, reaches }) => (reaches === without ? [] : [name]));
        expect(new Set(names).size, `${component}, ${inputs}`).toBe(names.length);
      }
    }
  });

  it("has a default that is one of the options, and of the type", () => {
    for (const { default: value, options, type } of INPUTS as readonly Input[]) {
      if (value === undefined) continue;
      if (options !== undefined) expect(options).toContain(value);
      expect(Array.isArray(value) ? "array" : typeof value).toBe(type);
    }
  });

  it("has all that doctor reads, with the same defaults", () => {
    const inTable = inputsOf("doctor").filter(({ reaches }) => reaches !== "job");
    const told = inTable.filter((input) => input.reaches === "script" || Boolean(input.default));
    expect(DOCTOR_INPUTS.map(({ name }) => name).toSorted()).toEqual(told.map(({ name }) => name).toSorted());
    for (const input of DOCTOR_INPUTS) expect(inTable).toContainEqual(expect.objectContaining(input));
  });

  it("has all that assume-role reads, and nothing else that reaches it", () => {
    const inTable = inputsOf("assume-role").filter(({ reaches }) => reaches !== "job");
    expect(inTable.map(({ name }) => name).sort()).toEqual(ASSUME_ROLE_INPUTS.map(({ name }) => name).sort());
    for (const input of ASSUME_ROLE_INPUTS) expect(inTable).toContainEqual(expect.objectContaining(input));
  });

  it("says in the help which options may be given again", () => {
    for (const command of COMMANDS) {
      const lists = inputsOf(command).filter(({ isList }) => isList);
      const told = renderCommandUsage(command, "node aws-oidc.cjs").match(/may be given more than once$/gm);
      expect(told, command).toHaveLength(lists.length);
    }
  });

  it("ends every description with a full stop", () => {
    for (const { description } of ALL) expect(description).toMatch(/\.$/);
  });

  it("says what stands for the value of everything that the command line takes", () => {
    for (const command of COMMANDS) {
      const text = renderCommandUsage(command, "node aws-oidc.cjs");
      expect(text).not.toContain("<>");
      expect(text).not.toContain("undefined");
    }
  });
});

it("declares in a component what is no flag of the command line alone", () => {
  const declared = componentInputsOf("doctor").map(({ name }) => name);
  expect(declared).toContain("trust-policy-file");
  expect(declared).not.toContain("claims");
});

it.each(["assume-role", "web-identity", "doctor"] as const)(
  "shows every input of %s in docs/inputs.md",
  (name) => {
    const page = readFileSync(join(import.meta.dirname, "../../../../docs/inputs.md"), "utf8");
    const [, table = ""] = new RegExp(`^## ${name}$([\\s\\S]*?)(?:^## |(?![\\s\\S]))`, "m").exec(page) ?? [];
    const ofAssumeRole = /^## assume-role$([\s\S]*?)^## /m.exec(page)?.[1] ?? "";
    for (const input of componentInputsOf(name)) {
      const isShared = name === "doctor" && input.components.includes("assume-role");
      expect(isShared ? ofAssumeRole : table).toContain(`\n| \`${input.name}\` | `);
    }
  },
);

it("shows ten inputs of assume-role in the README, the required one first", () => {
  const readme = readFileSync(join(import.meta.dirname, "../../../../README.md"), "utf8");
  const [, table = ""] = /<!-- generated: usual inputs -->([\s\S]*?)<!-- end/.exec(readme) ?? [];
  const shown = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
  expect(shown).toHaveLength(10);
  expect(shown[0]).toBe("role-arn");
});

it("names the variable of an input", () => {
  expect(variableName("on-shadowed-variables")).toBe("AWS_OIDC_ON_SHADOWED_VARIABLES");
});

describe("the help", () => {
  it("lists the commands, the options and the exit codes", () => {
    const text = renderUsage("1.2.3", "node aws-oidc.cjs");
    expect(text).toMatch(/^aws-oidc 1\.2\.3: /);
    for (const name of COMMANDS) expect(text).toMatch(new RegExp(`^ {2}${name} +\\w+ .+$`, "m"));
    expect(text).toContain("Exit codes: 0 done, 1 refused or failed, 2 wrong configuration");
  });

  it("shows for each option its variable, what it means and its default", () => {
    const text = renderCommandUsage("assume-role", "node aws-oidc.cjs");
    expect(text).toContain("  --role-arn <arn>   AWS_OIDC_ROLE_ARN\n");
    expect(text).toContain("      required\n");
    expect(text).toContain("  --verify <identity|none>   AWS_OIDC_VERIFY\n");
    expect(text).toContain("      default identity\n");
    expect(text).not.toContain("--image");
  });

  it("says of the role what the doctor can do without it", () => {
    const text = renderCommandUsage("doctor", "node aws-oidc.cjs");
    expect(text).toContain("      required in a job, and with --fetch-trust-policy\n");
    expect(text).not.toContain("      required\n");
  });

  it.each(COMMANDS)("of %s lists every option that it takes", (command) => {
    const options = inputsOf(command).filter(({ reaches }) => reaches !== "job");
    const listed = [...renderCommandUsage(command, "node aws-oidc.cjs").matchAll(/^ {2}--([a-z-]+)/gm)].map(
      ([, name]) => name,
    );
    expect(listed.toSorted()).toEqual(options.map(({ name }) => name).toSorted());
  });

  it.each(COMMANDS)("of %s opens with two examples, and with the flags that they use", (command) => {
    const text = renderCommandUsage(command, "node dist/aws-oidc.cjs");
    const examples = examplesOf(command, "node dist/aws-oidc.cjs");
    expect(text.split("\n\n")[2]).toBe(examples.map((line) => `  ${line}`).join("\n"));
    const flags = examples.flatMap((line) => /node dist.*/.exec(line)?.[0].match(/(?<= --)[a-z-]+/g) ?? []);
    expect(new Set(flags).size).toBeGreaterThan(2);
    const listed = [...text.matchAll(/^ {2}--([a-z-]+)(?:, --([a-z-]+))?/gm)].slice(0, 15);
    for (const name of flags) expect(listed.flat()).toContain(name);
  });

  it("fits a terminal of 120 columns", () => {
    for (const command of COMMANDS) {
      for (const line of renderCommandUsage(command, "node aws-oidc.cjs").split("\n"))
        expect(line.length).toBeLessThanOrEqual(120);
    }
  });
});
