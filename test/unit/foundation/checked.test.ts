import { expect, it } from "vitest";
import { combine, invalid, type Problem, valid } from "../../../src/foundation/checked.ts";

function problem(subject: string): Problem {
  return { subject, found: "x", expected: "y", fix: "Write y." };
}

it("combines valid parts into one value, an absent one included", () => {
  expect(combine({ name: valid("deploy"), count: valid(3), nothing: valid(undefined) })).toEqual({
    ok: true,
    value: { name: "deploy", count: 3, nothing: undefined },
  });
});

it("gives every problem of every part, in the order of the parts", () => {
  const combined = combine({
    first: invalid(problem("a"), problem("b")),
    second: valid(1),
    third: invalid(problem("c")),
  });
  expect(combined).toEqual({ ok: false, problems: [problem("a"), problem("b"), problem("c")] });
});
