import { buildRoleArn, type RoleSettings } from "../../aws/identity-setup/identity-setup.ts";
import { renderAddAudience } from "../../aws/identity-setup/render-commands.ts";
import { buildTaggingPermission } from "../../aws/identity-setup/session-tags.ts";
import { describeWideAdmission } from "../../aws/identity-setup/wide-admission.ts";
import { DURATION_SECONDS } from "../../aws/sts/session.ts";
import { buildProviderArn } from "../../aws/trust-policy/model/provider.ts";
import { scopesOf, type TrustedRole, type TrustPolicyConfig } from "../../config/trust-policy-config.ts";
import type { Host } from "../../foundation/ports.ts";
import { findInToken } from "../../gitlab/evidence.ts";
import type { IdTokenClaims } from "../../gitlab/id-token.ts";
import { readJob } from "../../gitlab/job.ts";
import { CAUTIONS, FORKS } from "../proposal.ts";
import { describeSubForms } from "./sub-form-notes.ts";

/** What the document itself does not say: what it admits beyond what it names, and what else has to be done. */
export function trustPolicyNotes(
  config: TrustPolicyConfig,
  host: Pick<Host, "env" | "clock">,
): readonly string[] {
  const { roles, provider } = config;
  const apiUrl = host.env.CI_API_V4_URL || `${provider.issuer}/api/v4`;
  return [
    ...roles.flatMap((trusted) => {
      const notes = [...admissionNotes(trusted, host), ...roleNotes(trusted, config)];
      return roles.length > 1 ? notes.map((note) => `${trusted.role.name}: ${note}`) : notes;
    }),
    ...describeSubForms(scopesOf(roles), provider.issuer, apiUrl),
    ...audienceNotes(config),
    ...stackNotes(config),
  ];
}

function admissionNotes({ subject }: TrustedRole, host: Pick<Host, "env" | "clock">): readonly string[] {
  return subject.kind === "token" ? cautions(subject.claims, host) : describeWideAdmission(subject.scope);
}

function cautions(claims: IdTokenClaims, { env, clock }: Pick<Host, "env" | "clock">): readonly string[] {
  const findings = findInToken(claims, readJob(env), clock.now());
  return findings.filter(({ id }) => CAUTIONS.includes(id) || FORKS.includes(id)).map(({ text }) => text);
}

/** What a trust policy alone leaves out, and what session tags can be relied on for. */
function roleNotes({ role }: TrustedRole, { format }: TrustPolicyConfig): readonly string[] {
  const { sessionTags, permissionsBoundary } = role;
  const unused = format.name === "json" ? flagsBeyondTrust(role) : [];
  const open = sessionTags.filter(({ value }) => value === undefined).map(({ key }) => key);
  const isTagged = sessionTags.length > 0;
  return [
    ...(unused.length > 0
      ? [
          `--format json writes only the trust policy, without ${unused.join(", ")}: set that when you create the role, or use another format.`,
        ]
      : []),
    ...(isTagged && format.name === "json"
      ? [
          `The role also needs this policy, so that its own sessions can assume it:\n${JSON.stringify(buildTaggingPermission(buildRoleArn(role, format.account)))}`,
        ]
      : []),
    ...(isTagged && permissionsBoundary !== undefined
      ? ["The permissions boundary must allow sts:AssumeRole and sts:TagSession on the role itself."]
      : []),
    ...(open.length > 0
      ? [
          `Jobs choose the value of ${open.join(", ")} themselves: write ${open[0]}=<value> if a policy relies on it.`,
        ]
      : []),
  ];
}

/** The given flags that do not affect trust. */
function flagsBeyondTrust(role: RoleSettings): readonly string[] {
  const { managedPolicies, maxSessionSeconds, permissionsBoundary } = role;
  const isGiven = {
    "--managed-policies": managedPolicies.length > 0,
    "--permissions-boundary": permissionsBoundary !== undefined,
    "--max-session-seconds": maxSessionSeconds !== DURATION_SECONDS.default,
  };
  return Object.entries(isGiven).flatMap(([flag, given]) => (given ? [flag] : []));
}

/** Deploying another template to a stack removes what it had. */
function stackNotes({ provider, format }: TrustPolicyConfig): readonly string[] {
  if (format.name !== "cloudformation") return [];
  const others =
    provider.state === "new"
      ? " This one also creates the identity provider; for more roles in the account, add --existing-provider."
      : "";
  return [
    `Give this template its own stack: deploying another template to that stack removes what this one created.${others}`,
  ];
}

/** Commands add the audience themselves; templates cannot change what they did not create. */
function audienceNotes({ provider, format }: TrustPolicyConfig): readonly string[] {
  if (provider.state === "new" || format.name === "cli") return [];
  const providerArn = buildProviderArn(
    "account" in format ? format.account : { partition: "aws", accountId: "<account>" },
    provider.issuer,
  );
  return [
    `The existing identity provider must list the audience:\n${renderAddAudience(providerArn, provider.audience)}`,
  ];
}
