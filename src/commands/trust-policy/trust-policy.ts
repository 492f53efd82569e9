import { buildSetupPolicy, type IdentitySetup } from "../../aws/identity-setup/identity-setup.ts";
import { renderIdentitySetup } from "../../aws/identity-setup/render.ts";
import { buildScopeConditions } from "../../aws/identity-setup/scope.ts";
import {
  countPolicyCharacters,
  DEFAULT_MAX_POLICY_CHARACTERS,
} from "../../aws/trust-policy/lint/policy-rules.ts";
import { buildProviderArn } from "../../aws/trust-policy/model/provider.ts";
import { ASSUME_ROLE_WITH_WEB_IDENTITY, buildRequestContext } from "../../aws/trust-policy/model/request.ts";
import { proposeStatement } from "../../aws/trust-policy/propose.ts";
import { parseTrustPolicyConfig, type TrustPolicyConfig } from "../../config/trust-policy-config.ts";
import type { Problem } from "../../foundation/checked.ts";
import { AwsOidcError } from "../../foundation/errors.ts";
import type { IdTokenClaims } from "../../gitlab/id-token.ts";
import { renderNote, renderProblems } from "../../output/report.ts";
import type { CommandLine, ExitCode, Tools } from "../tools.ts";
import { trustPolicyNotes } from "./notes.ts";

/** Stands for the account where the document does not name one; as long as any. */
const SOME_ACCOUNT = { partition: "aws", accountId: "000000000000" };

/**
 * Writes the AWS side of a role for GitLab jobs to standard output, and what should be known of it to standard error.
 *
 * Nothing is sent to AWS, and of a token only what goes into the policy is shown.
 */
export async function trustPolicy({ raw, problems }: CommandLine, tools: Tools): Promise<ExitCode> {
  const { host, log, paint } = tools;
  const parsed = parseTrustPolicyConfig(raw, host.env);
  if (!parsed.ok || problems.length > 0) {
    log.complain(renderProblems([...problems, ...(parsed.ok ? [] : parsed.problems)], paint));
    return 2;
  }
  const config = parsed.value;
  const setup = buildSetup(config);
  const oversize = findOversize(setup);
  if (oversize !== undefined) {
    log.complain(renderProblems([oversize], paint));
    return 2;
  }
  for (const note of trustPolicyNotes(config, host)) log.complain(renderNote(note, paint));
  log.say(renderIdentitySetup(setup, config.format));
  return 0;
}

function buildSetup({ subject, provider, role }: TrustPolicyConfig): IdentitySetup {
  const trust =
    subject.kind === "token"
      ? trustInToken(subject.claims)
      : {
          actions: [ASSUME_ROLE_WITH_WEB_IDENTITY],
          conditions: buildScopeConditions(subject.scope, provider).conditions,
        };
  return { provider, role, trust };
}

/**
 * The narrowest conditions that the job of the token meets.
 *
 * @throws {AwsOidcError} `CONFIG_INVALID` for a token that no policy can admit
 */
function trustInToken({ iss: issuer, all: claims }: IdTokenClaims): IdentitySetup["trust"] {
  const role = { arn: "", ...SOME_ACCOUNT };
  const statement = proposeStatement(buildRequestContext({ role, issuer, claims }));
  if (statement === undefined) {
    throw new AwsOidcError("CONFIG_INVALID", 'the ID token has no single "aud" or "azp" to ask for', {
      hint: "Pass a token that `id_tokens` made, with one audience.",
    });
  }
  return { actions: statement.action.patterns, conditions: statement.conditions };
}

function findOversize(setup: IdentitySetup): Problem | undefined {
  const policy = buildSetupPolicy(setup, buildProviderArn(SOME_ACCOUNT, setup.provider.issuer));
  const characters = countPolicyCharacters(policy);
  if (characters <= DEFAULT_MAX_POLICY_CHARACTERS) return undefined;
  return {
    subject: "trust policy",
    found: `${characters} characters, white space not counted`,
    expected: `at most ${DEFAULT_MAX_POLICY_CHARACTERS}, which IAM takes`,
    fix: "Make several roles with some of the projects and refs each, or trust a group.",
  };
}
