import { Readable } from "node:stream";
import fc from "fast-check";
import type { Tools } from "../../src/commands/tools.ts";
import { createStsConnector } from "../../src/edge/sts-client.ts";
import { PageError } from "../../src/foundation/ports.ts";
import type { VirtualClock } from "../harness/memory-host.ts";
import { hostileText, hostileValue, SPELLINGS } from "./hostile-values.ts";

/** The credentials that the stand-in here gives; of characters that no other text here has by chance. */
export const ISSUED = {
  AccessKeyId: "ASIAQ3EGUVW7XZ2KJTNH",
  SecretAccessKey: "p7Kq/2VwzXc9+LmTfRbYhJdNsGuEaHo4iCyQvBxA",
  SessionToken: `FwoGZXIvYXdzEJr${"kT9/wPz+Lq3VnXsYb7RdCfHm".repeat(3)}Gu2Ea8HoJ4iCyQvBxA==`,
} as const;

/** What one request is answered with; a function of the secrets that a server knows by then. */
export type Reply = (known: readonly string[]) => {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** One request fails, with these words. */
export type Failure = (known: readonly string[]) => Error;

const ROLE_SESSION = "arn:aws:sts::123456789012:assumed-role/deploy/GitLabRunner-4711-90210";

const escapeXml = (text: string): string =>
  text.replaceAll(/[<>&\r]/g, (character) => `&#${character.charCodeAt(0)};`);

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

/** An answer to each of the three operations at once, some fields of which are not as they should be. */
function success(changed: Readonly<Record<string, string>>): string {
  const fields = {
    ...ISSUED,
    Expiration: "2026-11-23T05:00:00Z",
    Arn: ROLE_SESSION,
    Account: "123456789012",
    ...changed,
  };
  const of = (names: readonly (keyof typeof fields)[]): string =>
    names.map((name) => element(name, escapeXml(fields[name]))).join("");
  const role =
    element("AssumedRoleUser", of(["Arn"])) +
    element("Credentials", of(["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"]));
  return ["AssumeRoleWithWebIdentity", "AssumeRole", "GetCallerIdentity"]
    .map((action) => element(`${action}Response`, element(`${action}Result`, role + of(["Arn", "Account"]))))
    .join("");
}

/** Only the part for the operation that was asked for. */
function forAction(body: string, action: string): string {
  return new RegExp(`<${action}Response>.*?</${action}Response>`, "s").exec(body)?.[0] ?? body;
}

const REFUSAL_CODES = [
  "AccessDenied",
  "InvalidIdentityToken",
  "ValidationError",
  "Throttling",
  "IDPCommunicationError",
];

/** A text that may hold a secret which the server has seen. */
const words: fc.Arbitrary<(known: readonly string[]) => string> = fc
  .tuple(hostileText, fc.nat(), fc.nat(), hostileText)
  .map(([before, which, how, after]) => (known) => {
    const spell = SPELLINGS[how % SPELLINGS.length];
    const secret = known[which % known.length];
    return before.slice(0, 200) + (spell === undefined || secret === undefined ? "" : spell(secret)) + after;
  });

const status = fc.constantFrom(200, 200, 200, 302, 400, 400, 403, 403, 404, 413, 429, 500, 502, 503);

const headers = fc.dictionary(
  fc.constantFrom("retry-after", "date", "x-amzn-requestid", "content-type", "server"),
  fc.oneof(
    hostileText.map((text) => text.replaceAll(/[\r\n]/g, "").slice(0, 300)),
    fc.constantFrom("1", "99999", "Thu, 01 Jan 1970 00:00:00 GMT"),
  ),
  { maxKeys: 3 },
);

const GOOD = success({});

const goodReply: fc.Arbitrary<Reply> = fc.constant(() => ({ status: 200, headers: {}, body: GOOD }));

const changedReply: fc.Arbitrary<Reply> = fc
  .dictionary(fc.constantFrom(...Object.keys(ISSUED), "Expiration", "Arn", "Account"), hostileText, {
    maxKeys: 2,
  })
  .map((changed) => () => ({ status: 200, headers: {}, body: success(changed) }));

const refusal: fc.Arbitrary<Reply> = fc
  .record({ status, headers, say: words, code: fc.oneof(fc.constantFrom(...REFUSAL_CODES), hostileText) })
  .map(({ say, code, ...rest }) => (known) => ({
    ...rest,
    body: element(
      "ErrorResponse",
      element("Error", element("Code", escapeXml(code)) + element("Message", escapeXml(say(known)))) +
        element("RequestId", escapeXml(code)),
    ),
  }));

const garbage: fc.Arbitrary<Reply> = fc
  .record({ status, headers, say: words, cutAt: fc.nat(3000) })
  .map(({ say, cutAt, ...rest }) => (known) => ({ ...rest, body: (success({}) + say(known)).slice(cutAt) }));

export const reply: fc.Arbitrary<Reply> = fc.oneof(
  { weight: 4, arbitrary: goodReply },
  { weight: 2, arbitrary: changedReply },
  { weight: 4, arbitrary: refusal },
  { weight: 1, arbitrary: garbage },
);

export const failure: fc.Arbitrary<Failure> = fc
  .record({
    say: words,
    code: fc.constantFrom(
      "ECONNREFUSED",
      "ECONNRESET",
      "ENOTFOUND",
      "CERT_HAS_EXPIRED",
      "EPROTO",
      "HPE_INVALID",
      "PROXY_407",
      "",
    ),
  })
  .map(
    ({ say, code }) =>
      (known) =>
        Object.assign(new Error(say(known)), code === "" ? {} : { code }),
  );

/** What a page of the issuer holds. */
export const page: fc.Arbitrary<Reply | Failure> = fc.oneof(
  fc
    .record({
      status,
      issuer: hostileText,
      keysUrl: fc.oneof(fc.constant("https://gitlab.example.com/oauth/discovery/keys"), hostileText),
      keys: hostileValue,
    })
    .map(({ status, issuer, keysUrl, keys }) => () => ({
      status,
      headers: {},
      body: JSON.stringify({ issuer, jwks_uri: keysUrl, keys }),
    })),
  fc.record({ status, headers, say: words }).map(({ say, ...rest }) => (known: readonly string[]) => ({
    ...rest,
    body: say(known),
  })),
  failure,
);

export interface Script {
  /** In turn, and again from the start. */
  readonly answers: readonly (Reply | Failure)[];
  readonly pages: readonly (Reply | Failure)[];
}

/** What a request takes; if it took no time, time would never be over. */
const REQUEST_MS = 300;

/** The SDK with nothing behind it but a script; no request leaves the process. */
export function createScriptedNetwork(
  { answers, pages }: Script,
  { token, clock }: { readonly token: string; readonly clock: VirtualClock },
): Pick<Tools, "connectSts" | "fetchPage" | "findWay"> {
  // What was not given yet cannot be known to the program, and no server has a reason to repeat it.
  const known: string[] = [token];
  let asked = 0;
  const requestHandler = {
    async handle({ body }: { readonly body?: string }) {
      clock.pass(REQUEST_MS);
      const answer = answers[asked++ % answers.length]?.(known);
      if (answer === undefined || answer instanceof Error) throw answer;
      if (answer.body === GOOD) known.push(ISSUED.SecretAccessKey, ISSUED.SessionToken);
      const action = new URLSearchParams(body).get("Action") ?? "";
      const chunks = [Buffer.from(forAction(answer.body, action))];
      return {
        response: { statusCode: answer.status, headers: answer.headers, body: Readable.from(chunks) },
      };
    },
  };
  const connect = createStsConnector({ requestHandler, userAgentAppId: "fuzz" });
  let fetched = 0;
  return {
    connectSts: async (target) => connect(target),
    findWay: () => ({ kind: "direct" }),
    fetchPage: async (url) => {
      const answer = pages[fetched++ % pages.length]?.(known);
      const said = answer instanceof Error ? answer.message : (answer?.body ?? "");
      const certificate = { subject: url, issuer: said.slice(0, 200), expiresAt: new Date(0) };
      if (answer === undefined || answer instanceof Error) {
        const code = answer !== undefined && "code" in answer ? String(answer.code) : "ECONNRESET";
        throw new PageError(answer?.message ?? "", { code, presented: [certificate] });
      }
      return { status: answer.status, body: answer.body, elapsedMs: 1, address: "10.0.0.1", certificate };
    },
  };
}
