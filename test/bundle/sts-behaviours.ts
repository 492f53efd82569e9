/** One answer of a scripted STS, or an error of the connection to it. */
export type Reply = Answer | { readonly error: Readonly<Record<string, unknown>> };

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** For the operation that was asked for. */
  readonly body: (operation: string) => string;
  /** The connection breaks after the body. */
  readonly breaksWith?: Readonly<Record<string, unknown>>;
}

/** What a scripted STS answers to requests that are made one after the other. */
export interface Behaviour {
  readonly name: string;
  readonly replies: readonly Reply[];
}

const REQUEST_ID = "c6104cbe-af31-11e0-8154-cbc7ccf896c7";
const XML_HEADERS = { "content-type": "text/xml", "x-amzn-requestid": REQUEST_ID };
const CREDENTIALS = {
  AccessKeyId: "ASIAIOSFODNN7EXAMPLE",
  SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  SessionToken: "AQoDYXdzEE0a8ANXXXXXXXXNO1ewxE5TijQyp+IEXAMPLE==",
  Expiration: "2026-11-23T10:00:00Z",
};
const ARN = "arn:aws:sts::123456789012:assumed-role/deploy/job-1";

/** Fields of every operation that is asked here; each reads its own. */
function renderFields(credentials: Readonly<Record<string, string>>, arn = ARN): string {
  const elements = Object.entries(credentials).map(([name, value]) => `<${name}>${value}</${name}>`);
  return [
    `<Credentials>${elements.join("")}</Credentials>`,
    `<AssumedRoleUser><Arn>${arn}</Arn><AssumedRoleId>AROACLKWSDQRAOEXAMPLE:job-1</AssumedRoleId></AssumedRoleUser>`,
    "<Audience>https://gitlab.example.com</Audience><Provider>gitlab.example.com</Provider>",
    "<SubjectFromWebIdentityToken>project_path:acme/shop</SubjectFromWebIdentityToken>",
    "<PackedPolicySize>6</PackedPolicySize><SourceIdentity>ada</SourceIdentity>",
    `<Arn>${arn}</Arn><UserId>AROACLKWSDQRAOEXAMPLE:job-1</UserId><Account>123456789012</Account>`,
  ].join("\n  ");
}

function success(fields = renderFields(CREDENTIALS), headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status: 200,
    headers: { ...XML_HEADERS, ...headers },
    body: (operation) =>
      `<${operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${operation}Result>${fields}</${operation}Result><ResponseMetadata><RequestId>${REQUEST_ID}</RequestId></ResponseMetadata></${operation}Response>`,
  };
}

/** An answer whose text is another. */
function withBody(answer: Answer, change: (text: string) => string): Answer {
  return { ...answer, body: (operation) => change(answer.body(operation)) };
}

function refusal(
  status: number,
  code: string,
  {
    message = `says ${code}`,
    headers = {},
  }: { message?: string; headers?: Readonly<Record<string, string>> } = {},
): Answer {
  return {
    status,
    headers: { ...XML_HEADERS, ...headers },
    body: () =>
      `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>${status < 500 ? "Sender" : "Receiver"}</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>${REQUEST_ID}</RequestId></ErrorResponse>`,
  };
}

function raw(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: () => body };
}

const AN_HOUR_AHEAD = { date: "Mon, 23 Nov 2026 10:00:00 GMT" };
const ON_TIME = { date: "Mon, 23 Nov 2026 09:00:00 GMT" };

/** Headers by which AWS, and what comes before it, names a request. */
const REQUEST_NAMES: readonly Readonly<Record<string, string>>[] = [
  { "x-amzn-requestid": "a" },
  { "x-amzn-request-id": "b" },
  { "x-amz-request-id": "c", "x-amz-id-2": "d", "x-amz-cf-id": "e" },
  { "x-acme-request-id": "f", "x-acme-id-2": "g", "x-acme-cf-id": "h" },
];

/** Codes with their own class in the SDK, and others. */
const CODES = [
  "AccessDenied",
  "ExpiredTokenException",
  "IDPCommunicationError",
  "IDPRejectedClaim",
  "InvalidClientTokenId",
  "InvalidIdentityToken",
  "MalformedPolicyDocument",
  "PackedPolicyTooLarge",
  "RegionDisabledException",
  "ValidationError",
];

/** Errors in other forms than that of STS. */
const ODD_ERRORS = [
  "<Errors><Error><Code>AccessDenied</Code><Message>nested</Message></Error></Errors>",
  "<Errors><Error><Code>AccessDenied</Code></Error><Error><Code>Throttling</Code></Error></Errors>",
  "<Error><Code>AccessDenied</Code><Code>Throttling</Code></Error>",
  '<Error><Code lang="en">AccessDenied</Code><Message lang="en">with attributes</Message></Error>',
  "<Error><Code>com.amazonaws.iam#ExpiredTokenException</Code></Error>",
  "<Error><Code>ExpiredTokenException</Code><message>lower</message><Message>upper</Message></Error>",
  "<Error><Code>AccessDenied</Code><Detail><Reason>more</Reason></Detail><name>another</name></Error>",
  "<Error><Message>without a code</Message></Error>",
  "<Error><Code>AccessDenied</Code></Error><message>lower, beside it</message><Message>upper, beside it</Message>",
  "<Error>nothing but text</Error>",
  "<Code>AccessDenied</Code><Message>bare</Message>",
];

export const BEHAVIOURS: readonly Behaviour[] = [
  { name: "success", replies: [success()] },
  {
    name: "success with fractions of seconds, entities, CDATA and white space",
    replies: [
      success(
        renderFields(
          { ...CREDENTIALS, Expiration: "2026-11-23T10:00:00.123Z", SessionToken: "<![CDATA[a<b]]>" },
          "arn:aws:sts::123456789012:assumed-role/a&amp;b/&#x41; ",
        ),
      ),
    ],
  },
  {
    name: "success with an offset in its date",
    replies: [success(renderFields({ ...CREDENTIALS, Expiration: "2026-11-23T11:00:00+01:00" }))],
  },
  ...["tomorrow", "2026-11-23", "1795428000", "2026-02-30T10:00:00Z", "2026-11-23T24:00:00Z", ""].map(
    (Expiration) => ({
      name: `the date ${JSON.stringify(Expiration)}`,
      replies: [success(renderFields({ ...CREDENTIALS, Expiration }))],
    }),
  ),
  ...["1e3", "-1", "many", "99999999999999999999", "<a/>"].map((size) => ({
    name: `the number ${JSON.stringify(size)}`,
    replies: [success(`<PackedPolicySize>${size}</PackedPolicySize>`)],
  })),
  {
    name: "a byte order mark, and prefixes of a namespace",
    replies: [
      withBody(
        success(),
        (text) => `\ufeff${text.replaceAll(/<(?=\w)/g, "<sts:").replaceAll("</", "</sts:")}`,
      ),
    ],
  },
  {
    name: "attributes, comments, and elements that come twice",
    replies: [
      withBody(success(), (text) =>
        text.replaceAll("<Arn>", '<Arn>twice</Arn><!-- <Arn> --><Arn lang="en">'),
      ),
    ],
  },
  { name: "nothing of what was asked for", replies: [success("")] },
  { name: "an empty body", replies: [raw(200, "", XML_HEADERS)] },
  { name: "half a document", replies: [raw(200, "<AssumeRoleResponse><AssumeRoleRe", XML_HEADERS)] },
  {
    name: "a web page",
    replies: [
      raw(200, "<!DOCTYPE html>\n<html><body>Sign in</body></html>", { "content-type": "text/html" }),
    ],
  },
  { name: "a redirection", replies: [raw(302, "", { location: "https://aws.amazon.com/iam" })] },
  ...CODES.map((code) => ({ name: code, replies: [refusal(code === "AccessDenied" ? 403 : 400, code)] })),
  {
    name: "a message with entities",
    replies: [refusal(400, "ValidationError", { message: "&apos;a&apos; &lt; &#8220;b&#8221;" })],
  },
  { name: "throttling", replies: [refusal(400, "Throttling", { headers: { "retry-after": "2" } })] },
  { name: "too many requests", replies: [refusal(429, "TooManyRequestsException")] },
  { name: "an internal failure", replies: [refusal(500, "InternalFailure")] },
  {
    name: "a load balancer without a server",
    replies: [raw(503, "", { "retry-after": "Mon, 23 Nov 2026 09:00:10 GMT" })],
  },
  { name: "a gateway's web page", replies: [raw(502, "<html><body><h1>502 Bad Gateway</h1></body></html>")] },
  {
    name: "an error in JSON",
    replies: [raw(400, '{"__type":"ExpiredToken"}', { "content-type": "application/json" })],
  },
  { name: "not found", replies: [raw(404, "")] },
  {
    name: "a reset connection",
    replies: [{ error: { code: "ECONNRESET", syscall: "read", message: "read ECONNRESET" } }],
  },
  {
    name: "a connection that cannot be made",
    replies: [{ error: { name: "TimeoutError", message: "Socket timed out" } }],
  },
  {
    name: "a request that was given up",
    replies: [{ error: { name: "AbortError", message: "Request aborted" } }],
  },
  {
    name: "a success that breaks off",
    replies: [{ ...raw(200, "<AssumeRoleResponse>", XML_HEADERS), breaksWith: { code: "ECONNRESET" } }],
  },
  {
    name: "a refusal that breaks off",
    replies: [{ ...raw(403, "<ErrorResponse>", XML_HEADERS), breaksWith: { code: "ECONNRESET" } }],
  },
  { name: "success without a body", replies: [raw(204, "")] },
  ...ODD_ERRORS.flatMap((inner) => [
    {
      name: `an error of ${inner}`,
      replies: [raw(400, `<ErrorResponse>${inner}</ErrorResponse>`, XML_HEADERS)],
    },
    {
      name: `what is not found, of ${inner}`,
      replies: [raw(404, `<ErrorResponse>${inner}</ErrorResponse>`)],
    },
  ]),
  { name: "a request that is too large for a proxy", replies: [raw(413, "<html><h1>413</h1><hr></html>")] },
  { name: "an error that says nothing", replies: [raw(400, "<ErrorResponse><Error/></ErrorResponse>")] },
  { name: "an error without a message", replies: [refusal(400, "ValidationError", { message: "" })] },
  ...REQUEST_NAMES.flatMap((headers) => [
    { name: `success with ${Object.keys(headers)[0]}`, replies: [{ ...success(), headers }] },
    {
      name: `a refusal with ${Object.keys(headers)[0]}`,
      replies: [{ ...refusal(403, "AccessDenied"), headers }],
    },
    { name: `a web page with ${Object.keys(headers)[0]}`, replies: [raw(200, "<p>no", headers)] },
  ]),
  {
    name: "a clock that is an hour behind, then success",
    replies: [refusal(403, "RequestExpired", { headers: AN_HOUR_AHEAD }), success(undefined, AN_HOUR_AHEAD)],
  },
  {
    name: "a signature refused for the clock, then success",
    replies: [
      refusal(403, "SignatureDoesNotMatch", { headers: AN_HOUR_AHEAD }),
      success(undefined, AN_HOUR_AHEAD),
    ],
  },
  {
    name: "success with another date, twice",
    replies: [success(undefined, AN_HOUR_AHEAD), success(undefined, AN_HOUR_AHEAD)],
  },
  ...["08:00:00", "08:56:00", "08:56:01", "09:02:00", "09:03:59", "09:04:00"].map((time) => ({
    name: `refused at ${time} by the clock of STS, then success`,
    replies: [
      refusal(403, "RequestExpired", { headers: { date: `Mon, 23 Nov 2026 ${time} GMT` } }),
      success(),
    ],
  })),
  {
    name: "another date from a cache, then success",
    replies: [refusal(403, "RequestExpired", { headers: { ...AN_HOUR_AHEAD, age: "9" } }), success()],
  },
  {
    name: "another invalid date, then success",
    replies: [refusal(403, "RequestExpired", { headers: { date: "soon" } }), success()],
  },
  {
    name: "another date in the error, then success",
    replies: [
      raw(
        403,
        `<E><Error><Code>RequestExpired</Code><ServerTime>${AN_HOUR_AHEAD.date}</ServerTime></Error></E>`,
      ),
      success(),
    ],
  },
  {
    name: "a clock that is corrected, and corrected back",
    replies: [
      success(undefined, AN_HOUR_AHEAD),
      refusal(403, "RequestExpired", { headers: AN_HOUR_AHEAD }),
      refusal(403, "RequestExpired", { headers: ON_TIME }),
      success(undefined, ON_TIME),
    ],
  },
];
