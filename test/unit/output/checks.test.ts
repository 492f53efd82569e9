import { expect, it } from "vitest";
import { renderChecks, renderUndecided } from "../../../src/output/checks.ts";
import { createPaint } from "../../../src/output/paint.ts";

const plain = createPaint({});

it("keeps a summary whole, breaks sentences below it, and leaves alone what is there to be copied", () => {
  const summary = `Statement[0] allows this job, but ${"others ".repeat(14)}too`;
  const command = `curl --fail ${"--header x ".repeat(12)}https://gitlab.com`;
  const finding = `! too wide (ref-star), Statement[0].Condition: "project_path:acme/shop:*" ${"admits any branch ".repeat(5)}`;
  const sentence = `Statement[0] also tests ${"gitlab.com:project_id ".repeat(5)}and nothing else.`;
  const rendered = renderChecks(
    [
      { title: "Trust", status: "warning", summary, notes: [finding.trim(), `${sentence}\n${command}`] },
      { title: "ID token", status: "ok", summary: "fine", notes: [] },
    ],
    plain,
  );
  const lines = rendered.split("\n");
  expect(lines[0]).toBe(`! Trust     ${summary}`);
  expect(lines).toContain(`            ${command}`);
  expect(lines.at(-2)).toBe("✔ ID token  fine");
  const prose = lines.slice(1, -2).filter((line) => !line.includes("curl"));
  expect(prose).toHaveLength(4);
  expect(Math.max(...prose.map(({ length }) => length))).toBeLessThanOrEqual(100);
  expect(lines[2]).toMatch(/^ {14}\S/);
});

it("says what to do next where nothing is decided", () => {
  expect(renderUndecided("open", "Do this.\naws sts get-caller-identity", plain)).toBe(
    "? open\n\n  → Do this.\n    aws sts get-caller-identity\n",
  );
});
