import type { Fault } from "../../../stand-ins/sts/faults.ts";
import type { FaultCase } from "../fault-case.ts";
import { forEver, garbled, refused } from "./answers.ts";

/** An answer to `AssumeRoleWithWebIdentity` as STS gives it, except for a role of somebody's choice. */
function sessionOf(arn: string): Fault {
  const credentials = {
    AccessKeyId: "ASIAMALLORYMALLORY00",
    SecretAccessKey: "mallory/mallory/mallory/mallory/mallory/",
    SessionToken: "bWFsbG9yeS1tYWxsb3J5LW1hbGxvcnktbWFsbG9yeQ",
    Expiration: "2099-01-01T00:00:00Z",
  };
  const fields = Object.entries(credentials).map(([name, value]) => `<${name}>${value}</${name}>`);
  const text =
    "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult>" +
    `<AssumedRoleUser><Arn>${arn}</Arn></AssumedRoleUser><Credentials>${fields.join("")}</Credentials>` +
    "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>";
  return { kind: "body", status: 200, text };
}

function identityOf(accountId: string, arn: string): Fault {
  const text =
    "<GetCallerIdentityResponse><GetCallerIdentityResult>" +
    `<Arn>${arn}</Arn><UserId>AROAMALLORY:x</UserId><Account>${accountId}</Account>` +
    "</GetCallerIdentityResult></GetCallerIdentityResponse>";
  return { kind: "body", status: 200, text };
}

/** An answer that is not believed, whoever gave it. */
function disbelieved(name: string, fault: Fault, firstLine: RegExp): FaultCase {
  return {
    fault: name,
    seconds: 30,
    misbehave: [{ fault, times: "forever" }],
    exitCode: 1,
    firstLine,
    log: /IDENTITY_MISMATCH → Check which server/,
    requests: 1,
    askedAgain: "no",
    takes: "at once",
  };
}

/** A refusal in words that would do something to the log. */
const INJECTION: Fault = {
  kind: "body",
  status: 400,
  text:
    "<ErrorResponse><Error><Code>ValidationError</Code><Message>no&#13;&#x2714; done&#x9b;2J" +
    " section_start:1:x[collapsed=true]&#13;&#x85;\u202egnp.exe</Message></Error></ErrorResponse>",
};

/** Whoever answers instead of STS means harm. */
export const HOSTILE_CASES: readonly FaultCase[] = [
  garbled("A body without an end", { kind: "endless", status: 200 }, /not from STS \(HTTP 200\)/),
  {
    ...forEver("A body without an end and HTTP 503", { kind: "endless", status: 503 }, /gateway .*HTTP 503/),
    fault: "A body without an end and HTTP 503",
    takes: "`timeout-seconds`",
  },
  garbled(
    "600 KB of `<!DOCTYPE a>`",
    { kind: "body", status: 200, text: "<!DOCTYPE a>".repeat(50_000) },
    /not from STS \(HTTP 200\)/,
  ),
  garbled(
    "64 KB of `<!DOCTYPE a>`",
    { kind: "body", status: 200, text: "<!DOCTYPE a>".repeat(5400) },
    /not from STS \(HTTP 200\)/,
  ),
  garbled(
    "Elements within elements, 10,000 deep",
    { kind: "body", status: 200, text: "<a>".repeat(10_000) },
    /not from STS \(HTTP 200\)/,
  ),
  {
    ...refused("ValidationError", 400, "x"),
    fault: "A refusal of 60 KB",
    misbehave: [
      {
        fault: { kind: "error", status: 400, code: "ValidationError", message: "x".repeat(60_000) },
        times: "forever",
      },
    ],
    firstLine: /^.{10,250}$/,
    log: /x{1900}\.\.\./,
  },
  {
    ...refused("ValidationError", 400, ""),
    fault: "A refusal with control characters, direction marks and a log section",
    misbehave: [{ fault: INJECTION, times: "forever" }],
    log: /no\\u000d✔ done\\u009b2J section\\u005fstart:1:x\[collapsed=true\]\\u000d\\u0085\\u202egnp\.exe/,
  },
  disbelieved(
    "Credentials of another account",
    sessionOf("arn:aws:sts::999999999999:assumed-role/deploy/GitLabRunner-4711-90210"),
    /answered for "arn:aws:sts::999999999999:/,
  ),
  disbelieved(
    "Credentials of another partition",
    sessionOf("arn:aws-cn:sts::123456789012:assumed-role/deploy/GitLabRunner-4711-90210"),
    /answered for "arn:aws-cn:/,
  ),
  disbelieved(
    "Credentials of another role",
    sessionOf("arn:aws:sts::123456789012:assumed-role/admin/GitLabRunner-4711-90210"),
    /answered for ".*assumed-role\/admin\//,
  ),
  {
    ...disbelieved(
      "Credentials of another role, with `verify: none`",
      sessionOf("arn:aws:sts::123456789012:assumed-role/admin/GitLabRunner-4711-90210"),
      /answered for ".*assumed-role\/admin\//,
    ),
    env: () => ({ AWS_OIDC_VERIFY: "none" }),
  },
  {
    ...disbelieved("", { kind: "empty" }, /that STS gave for .*deploy.* belong to ".*mallory" in account/),
    fault: "Credentials that belong to someone else",
    misbehave: [
      {
        fault: identityOf("123456789012", "arn:aws:sts::123456789012:assumed-role/deploy/mallory"),
        action: "GetCallerIdentity",
        times: "forever",
      },
    ],
    requests: 2,
  },
];
