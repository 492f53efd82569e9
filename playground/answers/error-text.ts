import { type ExplainedText, explainErrorText } from "../../src/commands/doctor/explain.ts";

/** The answer of `doctor --explain` to a text; `undefined` while the field is empty. */
export function answerErrorText(text: string): ExplainedText | undefined {
  return text.trim() === "" ? undefined : explainErrorText(text);
}
