import {
  buildRolePolicy,
  type IdentitySetup,
  type RoleSetup,
} from "../../aws/identity-setup/identity-setup.ts";
import { renderIdentitySetup } from "../../aws/identity-setup/render.ts";
import type { Scope } from "../../aws/identity-setup/scope.ts";
import { buildScopeConditions } from "../../aws/identity-setup/scope-conditions.ts";
import { findSubForm } from "../../aws/identity-setup/sub-form.ts";
import {
  countPolicyCharacters,
  DEFAULT_MAX_POLICY_CHARACTERS,
} from "../../aws/trust-policy/lint/policy-rules.ts";
import { ASSUME_ROLE_WITH_WEB_IDENTITY, buildRequestContext } from "../../aws/trust-policy/model/request.ts";
import { proposeStatement } from "../../aws/trust-policy/propose.ts";
import { takeCheckout } from "../../config/checkout-inputs.ts";
import { findOpenScope } from "../../config/open-inputs.ts";
import {
  parseTrustPolicyConfig,
  scopesOf,
  type TrustPolicyConfig,
} from "../../config/trust-policy-config.ts";
import type { Problem } from "../../foundation/checked.ts";
import { AwsOidcError } from "../../foundation/errors.ts";
import type { IdTokenClaims } from "../../gitlab/id-token.ts";
import { renderNote, renderProblems } from "../../output/report.ts";
import type { CommandLine, ExitCode, Tools } from "../tools.ts";
import { trustPolicyNotes } from "./notes.ts";

/** A placeholder of the right length, for documents that name no account. */
const SOME_ACCOUNT = { partition: "aws", accountId: "000000000000" };

/**
 * Writes the AWS side of roles for GitLab jobs to standard output, and notes about it to standard error.
 *
 * In a git repository, the remote gives what no flag says. Nothing is sent to AWS, and only what goes into the policy is shown
 * of a token.
 */
export async function trustPolicy({ raw, problems }: CommandLine, tools: Tools): Promise<ExitCode> {
  const { host, log, paint } = tools;
  const checkout = await takeCheckout(raw, host, findOpenScope(raw));
  if (checkout.note !== undefined) log.complain(renderNote(checkout.note, paint));
  const parsed = parseTrustPolicyConfig(checkout.raw, host.env);
  if (!parsed.ok || problems.length > 0) {
    log.complain(renderProblems([...problems, ...(parsed.ok ? [] : parsed.problems)], paint));
    return 2;
  }
  const config = parsed.value;
  const setup = buildSetup(config);
  const oversize = findOversize(setup);
  if (oversize.length > 0) {
    log.complain(renderProblems(oversize, paint));
    return 2;
  }
  for (const note of trustPolicyNotes(config, host)) log.complain(renderNote(note, paint));
  log.say(renderIdentitySetup(setup, config.format));
  return 0;
}

function buildSetup({ provider, roles }: TrustPolicyConfig): IdentitySetup {
  const scopes = scopesOf(roles);
  const trustInScope = (scope: Scope): RoleSetup["trust"] => ({
    actions: [ASSUME_ROLE_WITH_WEB_IDENTITY],
    conditions: buildScopeConditions(scope, provider, findSubForm(scope, scopes, provider.issuer)),
  });
  return {
    provider,
    roles: roles.map(({ subject, role }) => ({
      ...role,
      trust: subject.kind === "token" ? trustInToken(subject.claims) : trustInScope(subject.scope),
    })),
  };
}

/**
 * The narrowest conditions that the token's job meets.
 *
 * @throws {AwsOidcError} `CONFIG_INVALID` for a token that no policy can admit
 */
function trustInToken({ iss: issuer, all: claims }: IdTokenClaims): RoleSetup["trust"] {
  const role = { arn: "", ...SOME_ACCOUNT };
  const statement = proposeStatement(buildRequestContext({ role, issuer, claims }));
  if (statement === undefined) {
    throw new AwsOidcError("CONFIG_INVALID", 'the ID token has no single "aud" or "azp" to ask for', {
      hint: "Use a token from `id_tokens`, with one audience.",
    });
  }
  return { actions: statement.action.patterns, conditions: statement.conditions };
}

function findOversize({ provider, roles }: IdentitySetup): readonly Problem[] {
  return roles.flatMap((role) => {
    const policy = buildRolePolicy(role, provider.issuer, SOME_ACCOUNT);
    const characters = countPolicyCharacters(policy);
    if (characters <= DEFAULT_MAX_POLICY_CHARACTERS) return [];
    return [
      {
        subject: roles.length > 1 ? `trust policy of ${role.name}` : "trust policy",
        found: `${characters} characters, not counting white space`,
        expected: `at most ${DEFAULT_MAX_POLICY_CHARACTERS}, IAM's limit`,
        fix: "Split the projects and refs among several roles, or trust a group.",
      },
    ];
  });
}
