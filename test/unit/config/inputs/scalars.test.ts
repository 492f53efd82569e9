import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  parseOption,
  parseWholeNumber,
  splitList,
  unexpandedVariable,
} from "../../../../src/config/inputs/scalars.ts";

const input = (text: string | undefined) => ({ text, subject: "duration-seconds" });

describe("a whole number", () => {
  const bounds = { min: 900, max: 43_200, unit: "seconds", fix: "Write digits." };

  it("is taken within its bounds", () => {
    fc.assert(
      fc.property(fc.integer({ min: 900, max: 43_200 }), (number) => {
        expect(parseWholeNumber(input(String(number)), bounds)).toEqual({ ok: true, value: number });
      }),
    );
  });

  it.each([
    ["0", "Use at least 900 seconds."],
    ["899", "Use at least 900 seconds."],
    ["43201", "Use at most 43200 seconds."],
    ["9999999999", "Use at most 43200 seconds."],
  ])("is not %j, which is told from text that is no number", (text, fix) => {
    expect(parseWholeNumber(input(text), bounds)).toMatchObject({ ok: false, problems: [{ fix }] });
  });

  it("may have more to say about a number that is too high", () => {
    const above = "Ask for an hour at most.";
    expect(parseWholeNumber(input("43201"), { ...bounds, above })).toMatchObject({
      problems: [{ fix: above }],
    });
  });

  it.each(["", "-900", "+900", "900.0", "9e2", "0x400", "900s", " 900", "900\n", "٩٠٠"])(
    "is not %j",
    (text) => {
      expect(parseWholeNumber(input(text), bounds)).toEqual({
        ok: false,
        problems: [
          {
            subject: "duration-seconds",
            found: JSON.stringify(text),
            expected: "a whole number of seconds from 900 to 43200",
            fix: "Write digits.",
          },
        ],
      });
    },
  );

  it("is missed when nothing is given", () => {
    expect(parseWholeNumber(input(undefined), bounds)).toMatchObject({ problems: [{ found: '""' }] });
  });
});

describe("an option", () => {
  it("is one of the words", () => {
    expect(parseOption(input("none"), ["identity", "none"])).toEqual({ ok: true, value: "none" });
  });

  it.each([undefined, "", "None", "all"])("is not %j", (text) => {
    expect(parseOption(input(text), ["identity", "none"])).toMatchObject({
      problems: [{ found: JSON.stringify(text ?? ""), expected: "one of identity, none" }],
    });
  });
});

it.each([
  [undefined, []],
  ["", []],
  [" , \n", []],
  ["eu-west-1", ["eu-west-1"]],
  ["eu-west-1, eu-north-1\nus-east-1 us-east-2,", ["eu-west-1", "eu-north-1", "us-east-1", "us-east-2"]],
])("splits the list %j", (text, items) => {
  expect(splitList(text)).toEqual(items);
});

it.each([
  ["$ROLE", "ROLE"],
  ["arn:aws:iam::$ACCOUNT:role/x", "ACCOUNT"],
  [["$", "{ROLE_2}"].join(""), "ROLE_2"],
  ["$1", undefined],
  ["100$", undefined],
  ["ROLE", undefined],
])("finds in %j the variable %j that nobody expanded", (text, variable) => {
  expect(unexpandedVariable(text)).toBe(variable);
});
