import { CATALOGUE } from "../../aws/error-catalogue/catalogue.ts";
import { cleanPaste, joinLines } from "../../aws/error-catalogue/pasted/clean-text.ts";
import type { Reading } from "../../aws/error-catalogue/pasted/reading.ts";
import { recognise } from "../../aws/error-catalogue/pasted/recognise.ts";
import { type Explained, recogniseEach } from "../../aws/error-catalogue/pasted/recognise-each.ts";
import { cut } from "../../foundation/quote.ts";
import { maskCredentialShapes } from "../../output/credential-shapes.ts";
import { createRedactor } from "../../output/redactor.ts";
import type { Fact, FailureReport } from "../../output/report.ts";

/** An explanation; `unknown` is the id of a text that is not recognised. */
export interface ExplainedText extends FailureReport {
  readonly id: string;
}

/** Enough to recognise the text. */
const MAX_SHOWN = 300;

/**
 * Explains an error that another tool printed, from its text alone. Anything in it that looks like a credential is
 * masked before it is read, so no answer can contain it.
 */
export function explainErrorText(text: string): ExplainedText {
  const redactor = createRedactor();
  const mask = (part: string): string => maskCredentialShapes(redactor.redact(part));
  const clean = mask(cleanPaste(text));
  const each = recogniseEach(clean.split("\n").map(mask));
  const whole = recognise(joinLines(clean).map(mask));
  const [first, ...others] = each.some(({ diagnosis }) => diagnosis.id === whole.diagnosis?.id) ? each : [];
  const { reading, diagnosis } = first !== undefined && others.length > 0 ? first : whole;
  return diagnosis === undefined ? describeUnknown(reading) : describe({ reading, diagnosis }, others);
}

function describe({ reading, diagnosis }: Explained, others: readonly Explained[]): ExplainedText {
  const { id, verdict, meaning, causes, heading = "" } = diagnosis;
  const title = CATALOGUE.find((entry) => entry.id === id)?.title ?? heading;
  return {
    id,
    verdict,
    facts: [...factsOf(reading), ["error", id]],
    ...(meaning === undefined ? {} : { meaning }),
    causes,
    further: `docs/troubleshooting.md, "${title}"`,
    ...(others.length === 0 ? {} : { closing: alsoTold(others) }),
  };
}

/** Enough to see that there is more than one thing to fix. */
const MAX_OTHERS = 5;

function alsoTold(others: readonly Explained[]): string {
  const told = others.slice(0, MAX_OTHERS).map(({ diagnosis }) => `- ${diagnosis.verdict}`);
  const rest = others.length > MAX_OTHERS ? [`- ${others.length - MAX_OTHERS} more`] : [];
  return ["The text has other failures too. Explain them one by one:", ...told, ...rest].join("\n");
}

/** What the text says, in its own words. */
function factsOf(reading: Reading): readonly Fact[] {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["code", reading.code],
    ["operation", reading.operation],
    ["HTTP status", reading.httpStatus],
    ["request id", reading.requestId],
    ["role", reading.role?.text],
    ["asked by", reading.caller],
    ["action", reading.denied],
    ["resource", reading.resource],
    ["because", reading.because?.replace(/^because /, "")],
    ["issuer", reading.iss],
    ["host", reading.endpoint],
    ["registry", reading.registry],
    ["profile", reading.profile],
    ...toldBy(reading),
  ];
  return facts.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]));
}

/** Its words, unless the facts above already contain them. */
function toldBy({ text, message, denied, caller, resource }: Reading): readonly Fact[] {
  if (denied !== undefined && caller !== undefined && resource !== undefined) return [];
  const isTold = message !== undefined && message !== "";
  return [isTold ? ["message", cut(message, MAX_SHOWN)] : ["text", cut(text, MAX_SHOWN)]];
}

function describeUnknown(reading: Reading): ExplainedText {
  const { code, requestId, operation = "the operation" } = reading;
  const steps = [
    code === undefined
      ? "Paste more of the log: the line that names a code or ends in an error, and the two lines above it."
      : `Look up ${code} in the API reference of ${operation}, under "Errors".`,
    requestId === undefined
      ? "Search docs/troubleshooting.md for the words of the text; the account's CloudTrail shows the requests to AWS."
      : `The account's CloudTrail has the event of request ${requestId}; AWS Support can look it up too.`,
  ];
  return {
    id: "unknown",
    verdict: "This release does not know this text, so it names no cause",
    facts: [...factsOf(reading), ["error", "unknown"]],
    causes: [{ reason: "Where to look next:", fix: steps.join("\n") }],
  };
}
