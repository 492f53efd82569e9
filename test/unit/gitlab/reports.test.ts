import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AwsOidcError } from "../../../src/foundation/errors.ts";
import { DOTENV_LIMITS, encodeDotenvReport } from "../../../src/gitlab/reports.ts";

const names = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,30}$/);
/** Printable ASCII except for the dollar sign. */
const values = fc.stringMatching(/^[!-#&-~]{0,200}$/);

/** Reads a report line by line as GitLab's `ParseDotenvArtifactService` does. */
function parseAsGitLab(report: string): ReadonlyMap<string, string> {
  return new Map(
    report
      .replace(/\n$/, "")
      .split("\n")
      .map((line) => {
        const [, name = "", value = ""] = /^(.*?)=(.*)$/.exec(line) ?? [];
        if (name === "") throw new Error("Invalid Format");
        return [name.trim(), value.trim()];
      }),
  );
}

function failureOf(variables: Iterable<readonly [string, string]>): AwsOidcError {
  try {
    encodeDotenvReport(new Map(variables));
  } catch (error) {
    if (error instanceof AwsOidcError) return error;
  }
  throw new Error("it was encoded");
}

it("writes one line for each variable, in order", () => {
  const variables = new Map([
    ["AWS_REGION", "eu-central-1"],
    ["AWS_SESSION_TOKEN", "a+b/c=="],
  ]);
  expect(encodeDotenvReport(variables)).toBe("AWS_REGION=eu-central-1\nAWS_SESSION_TOKEN=a+b/c==\n");
});

it("is read by GitLab as it was written", () => {
  const reports = fc.uniqueArray(fc.tuple(names, values), {
    minLength: 1,
    maxLength: DOTENV_LIMITS.maxVariables,
    selector: ([name]) => name,
  });
  fc.assert(
    fc.property(reports, (entries) => {
      expect([...parseAsGitLab(encodeDotenvReport(new Map(entries)))]).toEqual(entries);
    }),
  );
});

describe("refuses", () => {
  it("any value that GitLab would read differently, without a word of it", () => {
    const harmful = fc.oneof(
      fc.constantFrom("$", " ", "\n", "\r", "\t", "\0", "\u007f"),
      fc.string({ unit: fc.constantFrom("é", "\u2028", "€", "\u00a0"), minLength: 1, maxLength: 3 }),
    );
    fc.assert(
      fc.property(values, harmful, values, (before, char, after) => {
        const error = failureOf([["AWS_SESSION_TOKEN", `TOP-SECRET${before}${char}${after}`]]);
        expect(error.code).toBe("REPORT_VALUE_UNSUPPORTED");
        expect(error.message).toContain('the variable "AWS_SESSION_TOKEN" has');
        expect(`${error.message}${error.hint}`).not.toContain("TOP-SECRET");
      }),
    );
  });

  it.each([
    ["nothing", ""],
    ["a dash", "WITH-DASH"],
    ["a space", "WITH SPACE"],
    ["an equals sign", "WITH=EQUALS"],
    ["other letters", "ÜMLAUT"],
    ["256 letters", "A".repeat(256)],
  ])("a name of %s", (_, name) => {
    expect(failureOf([[name, "x"]])).toMatchObject({
      code: "REPORT_VALUE_UNSUPPORTED",
      message: expect.stringContaining("a name that GitLab refuses"),
    });
  });

  it("a report of one byte too many, naming the longest variable", () => {
    const rest = "AWS_SESSION_TOKEN=\nAWS_REGION=eu-central-1\n".length;
    const fitting = "t".repeat(DOTENV_LIMITS.maxBytes - rest);
    const report = (token: string) =>
      new Map([
        ["AWS_REGION", "eu-central-1"],
        ["AWS_SESSION_TOKEN", token],
      ]);
    expect(encodeDotenvReport(report(fitting))).toHaveLength(5119);
    expect(failureOf(report(`${fitting}t`))).toMatchObject({
      code: "REPORT_TOO_LARGE",
      message: expect.stringContaining("2 variables in 5120 bytes"),
      hint: expect.stringContaining("AWS_SESSION_TOKEN alone has 5077 bytes"),
    });
  });

  it("more variables than a self-managed instance takes", () => {
    const variables = (count: number) =>
      new Map(Array.from({ length: count }, (_, index) => [`NAME_${index}`, "x"]));
    expect(encodeDotenvReport(variables(20)).split("\n")).toHaveLength(21);
    expect(failureOf(variables(21))).toMatchObject({ code: "REPORT_TOO_LARGE" });
  });
});

it.each(["%NAME%", "a%_1%b", "$NAME", "a$"])("refuses %s, which GitLab would expand", (value) => {
  expect(failureOf([["AWS_SESSION_TOKEN", value]])).toMatchObject({
    code: "REPORT_VALUE_UNSUPPORTED",
    message: expect.stringContaining("which GitLab would expand"),
  });
});

it.each(["100%", "%20%", "%a b%".replace(" ", "-")])(
  "takes %s, in which GitLab sees no variable",
  (value) => {
    expect(encodeDotenvReport(new Map([["NAME", value]]))).toBe(`NAME=${value}\n`);
  },
);
