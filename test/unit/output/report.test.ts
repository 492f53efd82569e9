import { describe, expect, it } from "vitest";
import { createPaint } from "../../../src/output/paint.ts";
import { renderFailure, renderNote, renderProblems, renderSuccess } from "../../../src/output/report.ts";

const plain = createPaint({});

it("renders a success with its facts aligned, further lines under the first", () => {
  const facts = [
    ["account", "123456789012"],
    ["until", "soon\nvery soon"],
  ] as const;
  expect(renderSuccess("arn:aws:sts::123456789012:assumed-role/deploy/x", facts, plain)).toBe(
    [
      "✔ arn:aws:sts::123456789012:assumed-role/deploy/x",
      "  account  123456789012",
      "  until    soon",
      "           very soon",
      "",
    ].join("\n"),
  );
});

it("renders a note with its further lines indented", () => {
  expect(renderNote("one\ntwo", plain)).toBe("! one\n  two\n");
});

describe("a failure", () => {
  const verdict = "AWS refused";

  it("has its verdict first, then facts, then the only cause without a number", () => {
    const causes = [{ reason: "The role does not exist.", fix: "aws iam get-role\n  --role-name deploy" }];
    expect(renderFailure({ verdict, facts: [["role", "deploy"]], causes }, plain)).toBe(
      [
        "✖ AWS refused",
        "  role  deploy",
        "",
        "  The role does not exist.",
        "  → aws iam get-role",
        "      --role-name deploy",
        "",
      ].join("\n"),
    );
  });

  it("numbers several causes and ends with the closing", () => {
    const causes = [
      { reason: "First\nof two", fix: "Do this." },
      { reason: "Second", fix: "Do that." },
    ];
    expect(renderFailure({ verdict, facts: [], causes, closing: "The end." }, plain)).toBe(
      [
        "✖ AWS refused",
        "",
        "Possible causes, most likely first",
        "  1. First",
        "     of two",
        "     → Do this.",
        "  2. Second",
        "     → Do that.",
        "",
        "The end.",
        "",
      ].join("\n"),
    );
  });

  it("shows three causes, counts the others and says where they are", () => {
    const causes = ["a", "b", "c", "d", "e"].map((reason) => ({ reason, fix: "Do it." }));
    const rendered = renderFailure({ verdict, facts: [], causes, further: "the page" }, plain);
    expect(rendered).toMatch(/ {2}3\. c\n {5}→ Do it\.\n {2}2 more: the page\n$/);
    expect(rendered).not.toContain("4. ");
  });

  it("breaks long sentences under their beginning, and leaves alone what is there to be copied", () => {
    const sentence = "The words of this sentence go on. ".repeat(6).trimEnd();
    const command = `aws iam ${"--option value ".repeat(10).trimEnd()}`;
    const yaml = `HTTPS_PROXY: ${"http://proxy ".repeat(10).trimEnd()}`;
    const fix = [sentence, command, yaml].join("\n");
    const rendered = renderFailure(
      { verdict, facts: [["fact", sentence]], causes: [{ reason: sentence, fix }] },
      plain,
    );
    const lines = rendered.split("\n");
    expect(lines.filter((line) => line.length > 100).map((line) => line.trim())).toEqual([command, yaml]);
    expect(lines.filter((line) => /^ {8}\w/.test(line))).toHaveLength(2);
    expect(rendered.replaceAll(/\s+/g, " ")).toContain(`→ ${sentence}`);
  });

  it("may have no cause at all", () => {
    expect(renderFailure({ verdict, facts: [], causes: [] }, plain)).toBe("✖ AWS refused\n");
  });
});

describe("problems of the configuration", () => {
  const problem = {
    subject: "region",
    found: '"mars-1"',
    expected: "a Region\nof AWS",
    fix: "Correct it:\n  region: eu-west-1",
  };

  it("are each told with what was found, what was expected and what to do", () => {
    expect(renderProblems([problem], plain)).toBe(
      [
        "✖ The configuration has one problem.",
        "",
        '  region: "mars-1"',
        "    expected a Region",
        "             of AWS",
        "    → Correct it:",
        "        region: eu-west-1",
        "",
      ].join("\n"),
    );
  });

  it("are counted", () => {
    expect(renderProblems([problem, problem], plain)).toMatch(/^✖ The configuration has 2 problems\.\n/);
    expect(renderProblems([problem], plain, "nothing was sent to AWS")).toMatch(
      /^✖ The configuration has one problem; nothing was sent to AWS\.\n/,
    );
  });
});
