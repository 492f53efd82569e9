import { DURATION_SECONDS } from "../../aws/sts/session.ts";
import type { ReadInput } from "./input.ts";

/** GitLab expands it; otherwise the script does the same. */
export const DEFAULT_SESSION_NAME = "GitLabRunner-$CI_PROJECT_ID-$CI_PIPELINE_ID";

/**
 * The inputs that `assume-role` reads, each with its default; one without a default is required. `inputs.ts`, which no
 * job needs, says what they are for.
 */
export const ASSUME_ROLE_DEFAULTS = {
  "role-arn": undefined,
  region: "",
  "session-name": DEFAULT_SESSION_NAME,
  "duration-seconds": DURATION_SECONDS.default,
  "session-policy": "",
  "session-policy-file": "",
  "managed-session-policies": "",
  "chained-role-arn": "",
  "external-id": "",
  "session-tags": "",
  "transitive-tag-keys": "",
  "source-identity": "",
  "allowed-account-ids": "",
  "variable-prefix": "",
  "sts-endpoint": "",
  "fallback-regions": "",
  "timeout-seconds": 60,
  "propagation-wait-seconds": 0,
  verify: "identity",
  "on-shadowed-variables": "fail",
  "console-link": "shown",
  "playground-url": "",
} as const;

export const ASSUME_ROLE_INPUTS: readonly ReadInput[] = Object.entries(ASSUME_ROLE_DEFAULTS).map(
  ([name, value]) => ({ name, reaches: "script", default: value }),
);
