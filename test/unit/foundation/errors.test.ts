import { expect, it } from "vitest";
import { AwsOidcError } from "../../../src/foundation/errors.ts";

it("carries a code, a hint and what caused it", () => {
  const cause = new Error("disk full");
  const error = new AwsOidcError("REPORT_NOT_WRITTEN", "the report cannot be written", {
    hint: "Free space.",
    cause,
  });
  expect(error).toMatchObject({
    name: "AwsOidcError",
    code: "REPORT_NOT_WRITTEN",
    message: "the report cannot be written",
    hint: "Free space.",
    cause,
  });
});

it("has no cause unless there is one", () => {
  expect(new AwsOidcError("CANCELLED", "cancelled", { hint: "Retry." })).not.toHaveProperty("cause");
});
