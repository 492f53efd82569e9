import { CATALOGUE } from "../../aws/error-catalogue/catalogue.ts";
import { diagnose } from "../../aws/error-catalogue/diagnose.ts";
import { parseErrorText, UNKNOWN_CODE } from "../../aws/error-catalogue/error-text.ts";
import type { FailureReport } from "../../output/report.ts";

/** Explains an error that another tool printed, of which nothing is known but its text. */
export function explainErrorText(text: string): FailureReport & { readonly id: string } {
  const error = parseErrorText(text);
  const { id, verdict, meaning, causes } = diagnose(error, {}, CATALOGUE);
  const code = "code" in error.fault ? error.fault.code : error.fault.kind;
  return {
    id,
    verdict,
    facts: [
      ...(code === UNKNOWN_CODE ? [] : [["code", code] as const]),
      ["message", error.message],
      ["error", id],
    ],
    ...(meaning === undefined ? {} : { meaning }),
    causes,
  };
}
