import { describe, expect, it } from "vitest";
import { parseFlags } from "../../../../src/config/inputs/flags.ts";
import type { CommandName, Input } from "../../../../src/config/inputs/input.ts";
import { inputsOf } from "../../../../src/config/inputs/inputs.ts";

const COMMANDS: readonly CommandName[] = ["assume-role", "doctor", "trust-policy", "sandbox"];

const optionsOf = (command: CommandName): readonly Input[] =>
  inputsOf(command).filter(({ reaches }) => reaches !== "job");

const OPTIONS = COMMANDS.flatMap((command) => optionsOf(command).map((option) => ({ command, option })));
const LISTS = OPTIONS.filter(({ option }) => option.isList).map(({ command, option: { name } }) => ({
  command,
  name,
}));
const SINGLE = OPTIONS.filter(({ option }) => !option.isList && option.section !== "opens").map(
  ({ command, option: { name } }) => ({
    command,
    name,
  }),
);

describe("an option that holds a list", () => {
  it("is each one that takes several values, and none else", () => {
    const isPlural = ({ option }: (typeof OPTIONS)[number]) => /^<[a-z]+s>$/.test(option.placeholder ?? "");
    const durations = /-seconds$/;
    const plural = OPTIONS.filter((entry) => isPlural(entry) && !durations.test(entry.option.name));
    expect(LISTS).toEqual(plural.map(({ command, option: { name } }) => ({ command, name })));
    expect(LISTS.length).toBeGreaterThan(12);
  });

  it.each(LISTS)("$command --$name holds the values of all, in their order", ({ command, name }) => {
    const argv = [`--${name}`, "a", `--${name}=b,c`, `--${name}`, "d"];
    expect(parseFlags(argv, command)).toEqual({
      flags: new Map([[name, { text: "a,b,c,d", subject: `--${name}` }]]),
      problems: [],
    });
  });

  it.each([
    ["", "release"],
    ["main", ""],
    ["main", " , "],
  ])("is wrong when one of %j and %j is empty, as a variable is that is not set", (first, second) => {
    const { problems } = parseFlags([`--branch=${first}`, "--branch", second], "trust-policy");
    expect(problems).toEqual([
      {
        subject: "--branch",
        found: "given 2 times, but not always with a value",
        expected: "a value each time",
        fix: "If one comes from a variable, check that it is set.",
      },
    ]);
  });
});

describe("an option that holds one value", () => {
  it.each(SINGLE)("$command --$name is wrong when it is given again", ({ command, name }) => {
    for (const second of ["a", "b"]) {
      const { problems } = parseFlags([`--${name}=a`, `--${name}=${second}`, `--${name}=a`], command);
      expect(problems).toEqual([
        {
          subject: `--${name}`,
          found: "given 3 times",
          expected: "once, because it takes one value",
          fix: "Remove all but one.",
        },
      ]);
    }
  });

  it("is wrong under two names", () => {
    const argv = ["--trust-policy", "a.json", "--trust-policy-file=b.json"];
    expect(parseFlags(argv, "doctor").problems).toMatchObject([
      { subject: "--trust-policy, --trust-policy-file", found: "given 2 times, under two names" },
    ]);
  });

  it("is wrong as a switch too, which may say two things", () => {
    const { problems } = parseFlags(["--any-ref", "--any-ref=false"], "trust-policy");
    expect(problems).toMatchObject([{ subject: "--any-ref", found: "given 2 times" }]);
  });

  it("does not show what was given", () => {
    const { problems } = parseFlags(["--external-id=s3cret", "--external-id=s3cret"], "assume-role");
    expect(JSON.stringify(problems)).not.toContain("s3cret");
  });
});

it("tells every problem, words that it does not know first", () => {
  const argv = [
    "--region=a",
    "stray",
    "--region=b",
    "--role-arn",
    "--fallback-regions=",
    "--fallback-regions=x",
  ];
  expect(
    parseFlags(argv, "assume-role").problems.map(({ subject, found }) => `${subject}: ${found}`),
  ).toEqual([
    "stray: not an option of this command",
    "--role-arn: no value",
    "--region: given 2 times",
    "--fallback-regions: given 2 times, but not always with a value",
  ]);
});

describe("an option that opens a section", () => {
  const sectionsOf = (...argv: readonly string[]) => {
    const { flags, problems } = parseFlags(argv, "trust-policy");
    const { sections = [] } = flags.get("role-name") ?? {};
    return {
      problems,
      shared: [...flags.keys()].filter((name) => name !== "role-name"),
      sections: sections.map(({ opener, flags: own }) => [opener.subject, opener.text, [...own.keys()]]),
    };
  };

  it("has what follows it, up to the next one", () => {
    expect(sectionsOf("--tag=v1", "--role", "a", "--branch=x", "--role-name=b", "--protected")).toEqual({
      problems: [],
      shared: ["tag"],
      sections: [
        ["--role", "a", ["branch"]],
        ["--role-name", "b", ["protected"]],
      ],
    });
  });

  it("leaves to all what is not for one", () => {
    expect(sectionsOf("--role=a", "--format=cli", "--role=b", "--account=1")).toMatchObject({
      shared: ["format", "account"],
      sections: [
        ["--role", "a", []],
        ["--role", "b", []],
      ],
    });
  });

  it("does not divide when it is given once", () => {
    expect(sectionsOf("--role=a", "--branch=x")).toMatchObject({ shared: ["branch"], sections: [] });
  });
});
