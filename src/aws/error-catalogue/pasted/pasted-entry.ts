import type { CatalogueCause, CatalogueEntry } from "../entry.ts";
import type { Reading } from "./reading.ts";

/**
 * A failure known by the words of any tool, in a text of which nothing else is known. One that has the id of an entry of the
 * catalogue tells that failure as others see it: without what this program would know of the job and its connection.
 */
export interface PastedEntry extends Omit<CatalogueEntry, "match" | "topic"> {
  /** One of them stands in the text; its named groups become names of the texts. */
  readonly words: readonly [RegExp, ...RegExp[]];
  /** What must hold besides. */
  readonly when?: (reading: Reading) => boolean;
}

/** Of causes that a text shows: `shown` where it has these words, `excluded` where it has not. */
export function whereItSays(words: RegExp): NonNullable<CatalogueCause["likelihood"]> {
  return ({ pasted }) => (pasted !== undefined && words.test(pasted.text) ? "shown" : "excluded");
}

/** Of causes that make no sense where the text does not have these words. */
export function onlyIfItSays(words: RegExp): NonNullable<CatalogueCause["likelihood"]> {
  return ({ pasted }) => (pasted !== undefined && words.test(pasted.text) ? "possible" : "excluded");
}

/** Of causes that others rule out once the text has their words. */
export function unlessItSays(words: RegExp): NonNullable<CatalogueCause["likelihood"]> {
  return ({ pasted }) => (pasted !== undefined && words.test(pasted.text) ? "excluded" : "possible");
}

/** Of what only an endpoint of AWS can have, or a text that names no endpoint at all. */
export const ofAws: NonNullable<CatalogueCause["likelihood"]> = ({ pasted }) =>
  isAwsHost(pasted?.endpoint) === false ? "excluded" : "possible";

/** Whether it is a host of AWS; `undefined` where there is no name to tell by. */
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
