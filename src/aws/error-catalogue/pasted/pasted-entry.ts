import type { CatalogueCause, CatalogueEntry } from "../entry.ts";
import type { Reading } from "./reading.ts";

/**
 * A failure recognised by the words of any tool, in a text about which nothing else is known. One with the id of a
 * catalogue entry describes that failure as others see it: without what this program would know about the job and its
 * connection.
 */
export interface PastedEntry extends Omit<CatalogueEntry, "match" | "topic"> {
  /** One of them matches the text; its named groups become names in the texts. */
  readonly words: readonly [RegExp, ...RegExp[]];
  /** What else must hold. */
  readonly when?: (reading: Reading) => boolean;
}

/** For causes that a text shows: `shown` if it has these words, otherwise `excluded`. */
export function whereItSays(words: RegExp): NonNullable<CatalogueCause["likelihood"]> {
  return ({ pasted }) => (pasted !== undefined && words.test(pasted.text) ? "shown" : "excluded");
}

/** For causes that make no sense unless the text has these words. */
export function onlyIfItSays(words: RegExp): NonNullable<CatalogueCause["likelihood"]> {
  return ({ pasted }) => (pasted !== undefined && words.test(pasted.text) ? "possible" : "excluded");
}

/** For causes that are ruled out if the text has these words. */
export function unlessItSays(words: RegExp): NonNullable<CatalogueCause["likelihood"]> {
  return ({ pasted }) => (pasted !== undefined && words.test(pasted.text) ? "excluded" : "possible");
}

/** For what only an AWS endpoint can have, or a text that names no endpoint at all. */
export const ofAws: NonNullable<CatalogueCause["likelihood"]> = ({ pasted }) =>
  isAwsHost(pasted?.endpoint) === false ? "excluded" : "possible";

/** Whether it is a host of AWS; `undefined` if there is no name to tell from. */
export function isAwsHost(endpoint: string | undefined): boolean | undefined {
  if (endpoint === undefined || /^[\d.:]+$/.test(endpoint)) return undefined;
  return /(?:^|\.)(?:amazonaws\.com(?:\.cn|\.eu)?|api\.aws)(?::\d+)?$/.test(endpoint);
}

const STS_OPERATION =
  /^(?:AssumeRole(?:With\w+)?|GetCallerIdentity|GetSessionToken|DecodeAuthorizationMessage)$/;

/** Whether the text itself says that STS answered. */
export function isOfSts({ operation, service, text }: Reading): boolean {
  if (operation !== undefined) return STS_OPERATION.test(operation);
  return (
    /^(?:STS|Sts|AWSSecurityTokenService)$/.test(service ?? "") || /\bsts[.-][\w.-]*amazonaws\.com/.test(text)
  );
}
