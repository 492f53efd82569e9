import type { CatalogueEntry } from "./entry.ts";

const OUTAGE_FIX =
  "Retry the job; list other Regions in `fallback-regions`; see https://health.aws.amazon.com/health/status";

/** Failures of STS itself, and of a Region. */
export const SERVICE_ENTRIES: readonly CatalogueEntry[] = [
  {
    id: "region-disabled",
    match: { kind: "service", code: /^RegionDisabled/ },
    title: "STS is not activated in this region for account",
    verdict: "AWS refused: {target} is not activated for account {accountId}",
    causes: [
      {
        id: "region",
        reason: "This account has not opted in to the Region, or its STS is deactivated.",
        fix:
          "Set the input `region` to another Region, or list others in `fallback-regions`.\n" +
          "To enable it: IAM console of account {accountId} > Account settings > Security Token Service.",
      },
    ],
  },
  {
    id: "throttled",
    match: { kind: "service", code: /^(?:Throttl|TooManyRequests|RequestLimitExceeded)/ },
    title: "Throttling: Rate exceeded",
    verdict: "AWS throttled: too many requests to {target} at once",
    causes: [
      {
        id: "parallel-jobs",
        reason: "Many jobs exchange their tokens at the same time.",
        fix: "Exchange once per pipeline, with the other jobs' `needs` on that job; raise `timeout-seconds` to wait longer.",
      },
    ],
  },
  {
    id: "internal",
    match: { kind: "service", code: /^Internal(?:Failure|Error|Server)/ },
    title: "InternalFailure",
    verdict: "AWS had an internal error: {code}, {message}",
    causes: [
      {
        id: "outage",
        reason: "STS has a temporary fault.",
        fix: OUTAGE_FIX,
      },
      {
        id: "odd-token",
        reason: "STS could not process the token, as the message says: a claim such as `sub` is null.",
        fix: "Pass on the `id_tokens` variable unchanged.",
      },
    ],
  },
  {
    id: "service-unavailable",
    match: { kind: "service", code: /^(?:ServiceUnavailable|BadGateway|GatewayTimeout)/ },
    title: "ServiceUnavailable",
    verdict: "{target} is unavailable: {code} (HTTP {httpStatus})",
    causes: [
      {
        id: "outage",
        reason: "STS has an outage in this Region.",
        fix: OUTAGE_FIX,
      },
    ],
  },
];
