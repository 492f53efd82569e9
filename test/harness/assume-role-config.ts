import { type AssumeRoleConfig, parseAssumeRoleParts } from "../../src/config/assume-role-config.ts";
import { inputsOf } from "../../src/config/inputs/inputs.ts";
import { createRawInputs } from "../../src/config/inputs/raw-inputs.ts";
import { combine, type Problem } from "../../src/foundation/checked.ts";
import type { Environment } from "../../src/foundation/ports.ts";
import { buildIdTokenClaims, buildPredefinedVariables } from "../../stand-ins/gitlab-job.ts";
import { createMemoryHost, START } from "./memory-host.ts";
import { encodeJwt } from "./unsigned-jwt.ts";

const SERVER_URL = "https://gitlab.example.com";

export const ROLE_ARN = "arn:aws:iam::123456789012:role/deploy";

/** The environment of a job on `main` of `acme/shop` in which nothing is wrong. */
export const JOB_ENVIRONMENT: Readonly<Record<string, string>> = {
  ...buildPredefinedVariables(SERVER_URL, {}),
  GITLAB_OIDC_TOKEN: encodeJwt(buildIdTokenClaims(SERVER_URL, {}, START)),
  AWS_OIDC_ROLE_ARN: ROLE_ARN,
};

type Files = Readonly<Record<string, string>>;

function parse(env: Environment, files: Files) {
  const all = { ...JOB_ENVIRONMENT, ...env };
  return combine(
    parseAssumeRoleParts(
      createRawInputs(new Map(), all, inputsOf("assume-role")),
      createMemoryHost({ env: all, files }),
    ),
  );
}

/** The configuration of that job, with these variables besides. */
export function configOf(env: Environment = {}, files: Files = {}): AssumeRoleConfig {
  const parsed = parse(env, files);
  if (!parsed.ok) throw new Error(`problems: ${parsed.problems.map(({ subject }) => subject).join(", ")}`);
  return parsed.value;
}

/** What is wrong with it. */
export function problemsOf(env: Environment, files: Files = {}): readonly Problem[] {
  const parsed = parse(env, files);
  return parsed.ok ? [] : parsed.problems;
}
