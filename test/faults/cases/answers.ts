import type { Fault } from "../../../stand-ins/sts/faults.ts";
import type { FaultCase } from "../fault-case.ts";

const ADMITTED = { exitCode: 0, firstLine: /assumed-role\/deploy/ } as const;

/** A fault that passes: one request more than the two of a good run. */
function once(name: string, fault: Fault, takes: string): FaultCase {
  return {
    ...ADMITTED,
    fault: `${name}, once`,
    seconds: 15,
    misbehave: [{ fault }],
    requests: 3,
    askedAgain: "yes",
    takes,
  };
}

/** A fault that stays until the budget is used up. */
export function forEver(name: string, fault: Fault, firstLine: RegExp): FaultCase {
  return {
    fault: `${name}, forever`,
    seconds: 3,
    misbehave: [{ fault, times: "forever" }],
    exitCode: 1,
    firstLine,
    requests: [2, 20],
    askedAgain: "yes",
    takes: "`timeout-seconds`",
  };
}

/** Something that is not an answer of STS: asked for three times, in case it was cut off on the way. */
export function garbled(name: string, fault: Fault, firstLine: RegExp): FaultCase {
  return {
    fault: name,
    seconds: 30,
    misbehave: [{ fault, times: "forever" }],
    exitCode: 1,
    firstLine,
    requests: 3,
    askedAgain: "3 requests in all",
    takes: "1.5 s",
  };
}

/** An answer of STS that is final. */
export function refused(code: string, status: number, message: string): FaultCase {
  return {
    fault: `${code}: ${message}`,
    seconds: 30,
    misbehave: [{ fault: { kind: "error", status, code, message }, times: "forever" }],
    exitCode: 1,
    firstLine: /./,
    log: new RegExp(code),
    requests: 1,
    askedAgain: "no",
    takes: "at once",
  };
}

const KEY_RETRIEVAL: Fault = {
  kind: "error",
  status: 400,
  code: "InvalidIdentityToken",
  message:
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
};

const PROXY_PAGE: Fault = { kind: "html", status: 403 };

/** STS, or whoever answers in its place, says something else than yes. */
export const ANSWER_CASES: readonly FaultCase[] = [
  ...([500, 502, 503] as const).flatMap((status) => {
    const fault: Fault = { kind: "server-error", status };
    return [
      once(`HTTP ${status}`, fault, "0.5 s more"),
      {
        ...once(`HTTP ${status}`, fault, "1.5 s more"),
        fault: `HTTP ${status}, twice`,
        misbehave: [{ fault, times: 2 }],
        requests: 4,
      },
      forEver(`HTTP ${status}`, fault, /50\d|Internal|Unavailable|Gateway/),
    ];
  }),
  forEver(
    "HTTP 502 of a load balancer, without a body",
    { kind: "server-error", status: 502, body: "none" },
    /502/,
  ),
  {
    ...once(
      "HTTP 503 with `retry-after: 2`",
      { kind: "server-error", status: 503, retryAfterSeconds: 2 },
      "2.5 s more",
    ),
    log: /retrying in 2\.\d s/,
  },
  {
    ...forEver("", { kind: "server-error", status: 503, retryAfterSeconds: 30 }, /503|Unavailable/),
    fault: "HTTP 503 with a `retry-after` beyond the budget",
    requests: 1,
    askedAgain: "no",
    takes: "at once",
  },
  once("Throttling", { kind: "throttling" }, "0.5 s more"),
  forEver("Throttling", { kind: "throttling" }, /Throttling|Rate exceeded|throttle/i),
  once("`IDPCommunicationError`", { kind: "idp-communication-error" }, "2 s more"),
  {
    ...forEver("`IDPCommunicationError`", { kind: "idp-communication-error" }, /IDPCommunicationError|reach/),
    askedAgain: "6 requests in all",
    takes: "34 s",
  },
  once("The keys of the GitLab instance could not be fetched", KEY_RETRIEVAL, "2 s more"),
  {
    ...forEver("The keys of the GitLab instance could not be fetched", KEY_RETRIEVAL, /key/),
    askedAgain: "6 requests in all",
    takes: "34 s",
  },
  {
    ...forEver("", { kind: "server-error", status: 500 }, /500|Internal/),
    fault: "HTTP 500 forever, and `AWS_MAX_ATTEMPTS` is 2",
    seconds: 30,
    env: () => ({ AWS_MAX_ATTEMPTS: "2" }),
    requests: 2,
    askedAgain: "2 requests in all",
    takes: "0.5 s",
  },
  garbled("XML that ends in the middle", { kind: "truncated-xml" }, /not from STS|read/),
  garbled("A web page with HTTP 200", { kind: "html" }, /not from STS|page/),
  garbled("HTTP 200 and nothing else", { kind: "empty" }, /not from STS|empty/),
  garbled("Bytes that are not HTTP", { kind: "garbage" }, /not from STS \(not HTTP\)/),
  { ...once("XML that ends in the middle", { kind: "truncated-xml" }, "0.5 s more") },
  {
    ...garbled("", PROXY_PAGE, /not from STS|403/),
    fault: "A web page with HTTP 403",
    requests: 1,
    askedAgain: "no",
    takes: "at once",
  },
];

const DENIED = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

function denied(times: number | "forever"): FaultCase["misbehave"] & {} {
  return [{ fault: { kind: "error", status: 403, code: "AccessDenied", message: DENIED }, times }];
}

/** Answers that are final: one request, whatever time is left. */
export const REFUSAL_CASES: readonly FaultCase[] = [
  refused("AccessDenied", 403, DENIED),
  refused("AccessDenied", 403, "Not authorized to perform sts:TagSession"),
  refused(
    "InvalidIdentityToken",
    400,
    "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.",
  ),
  refused(
    "InvalidIdentityToken",
    400,
    "No OpenIDConnect provider found in your account for https://gitlab.example.com",
  ),
  refused("InvalidIdentityToken", 400, "Incorrect token audience"),
  refused("InvalidIdentityToken", 400, "Token signature invalid"),
  refused(
    "ExpiredTokenException",
    400,
    "Token expired: current date/time 1767225600 must be before the expiration date/time 1767222000",
  ),
  refused("IDPRejectedClaim", 403, "graph.facebook.com rejected OAuth token"),
  refused(
    "ValidationError",
    400,
    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
  ),
  refused("MalformedPolicyDocument", 400, "Syntax errors in policy."),
  refused("PackedPolicyTooLarge", 400, "Packed size of session tags consumes 138% of allotted space."),
  refused(
    "RegionDisabledException",
    403,
    "STS is not activated in this region for account:123456789012. Your account administrator can activate STS in this region using the IAM Console.",
  ),
  {
    ...ADMITTED,
    fault: "AccessDenied for a role created seconds ago, with `propagation-wait-seconds: 5`",
    seconds: 15,
    misbehave: denied(2),
    env: () => ({ AWS_OIDC_PROPAGATION_WAIT_SECONDS: "5" }),
    requests: 4,
    askedAgain: "yes",
    takes: "`propagation-wait-seconds` more",
  },
  {
    ...refused("AccessDenied", 403, DENIED),
    fault: "AccessDenied forever, with `propagation-wait-seconds: 2`",
    env: () => ({ AWS_OIDC_PROPAGATION_WAIT_SECONDS: "2" }),
    requests: [2, 30],
    askedAgain: "yes",
    takes: "`propagation-wait-seconds`",
  },
  {
    ...refused("AccessDenied", 403, DENIED),
    fault: "AccessDenied forever, and `propagation-wait-seconds` is all of `timeout-seconds`",
    seconds: 4,
    env: () => ({ AWS_OIDC_PROPAGATION_WAIT_SECONDS: "4" }),
    log: /error +STS_REFUSED, trust-denied/,
    requests: [2, 60],
    askedAgain: "yes",
    takes: "`timeout-seconds`",
  },
  {
    ...refused("AccessDenied", 403, DENIED),
    fault: "AccessDenied forever, with `propagation-wait-seconds: 4`, and `AWS_MAX_ATTEMPTS` is 2",
    env: () => ({ AWS_OIDC_PROPAGATION_WAIT_SECONDS: "4", AWS_MAX_ATTEMPTS: "2" }),
    log: /error +STS_REFUSED, trust-denied/,
    requests: 2,
    askedAgain: "2 requests in all",
    takes: "1 s",
  },
];

const MINUTES_MS = 60_000;

/** The machine's clock is wrong, which only signed requests notice. */
export const CLOCK_CASES: readonly FaultCase[] = [10, -10].map((minutes) => ({
  fault: `The machine's clock is ${Math.abs(minutes)} minutes ${minutes > 0 ? "ahead" : "behind"}`,
  seconds: 30,
  clockOffMs: minutes * MINUTES_MS,
  ...ADMITTED,
  requests: 3,
  askedAgain: "yes",
  takes: "at once",
}));
