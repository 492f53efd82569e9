import { type ExplainedText, explainErrorText } from "../../src/commands/doctor/explain.ts";

/** What `doctor --explain` answers to a text; `undefined` while the field is empty. */
export function answerErrorText(text: string): ExplainedText | undefined {
  return text.trim() === "" ? undefined : explainErrorText(text);
}
