import { renderAddAudience } from "../../aws/identity-setup/render-commands.ts";
import {
  buildScopeConditions,
  describeWideAdmission,
  type Scope,
  type TokenSource,
} from "../../aws/identity-setup/scope.ts";
import { buildProviderArn } from "../../aws/trust-policy/model/provider.ts";
import { renderSubComponentsCall } from "../../aws/trust-policy/model/sub-components.ts";
import type { TrustPolicyConfig } from "../../config/trust-policy-config.ts";
import type { Host } from "../../foundation/ports.ts";
import { findInToken } from "../../gitlab/evidence.ts";
import type { IdTokenClaims } from "../../gitlab/id-token.ts";
import { readJob } from "../../gitlab/job.ts";
import { CAUTIONS, FORKS } from "../proposal.ts";

/** What the document does not say by itself: what it admits beyond names, and what else has to be done for it. */
export function trustPolicyNotes(
  config: TrustPolicyConfig,
  host: Pick<Host, "env" | "clock">,
): readonly string[] {
  const { subject, provider } = config;
  const notes =
    subject.kind === "token"
      ? cautions(subject.claims, host)
      : scopeNotes(subject.scope, provider, host.env.CI_API_V4_URL || `${provider.issuer}/api/v4`);
  return [...notes, ...audienceNotes(config), ...stackNotes(config)];
}

function cautions(claims: IdTokenClaims, { env, clock }: Pick<Host, "env" | "clock">): readonly string[] {
  const findings = findInToken(claims, readJob(env), clock.now());
  return findings.filter(({ id }) => CAUTIONS.includes(id) || FORKS.includes(id)).map(({ text }) => text);
}

function scopeNotes(scope: Scope, source: TokenSource, apiUrl: string): readonly string[] {
  const { subComponents } = buildScopeConditions(scope, source);
  const call = subComponents && describeSubComponents(scope, subComponents, apiUrl);
  return [...describeWideAdmission(scope), ...(call === undefined ? [] : [call])];
}

/** What was deployed as one stack goes when another template is deployed to it. */
function stackNotes({ provider, format }: TrustPolicyConfig): readonly string[] {
  if (format.name !== "cloudformation") return [];
  const others =
    provider.state === "new"
      ? " This one makes the identity provider too; for further roles of the account write --existing-provider."
      : "";
  return [
    `Give this template a stack of its own: a stack that is deployed with another template loses what it had from the first.${others}`,
  ];
}

/** Commands add the audience by themselves; templates cannot change what they did not make. */
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

function describeSubComponents(scope: Scope, components: readonly string[], apiUrl: string): string {
  const { projects } = scope;
  const names =
    projects.kind === "ids"
      ? projects.ids
      : projects.kind === "paths"
        ? projects.paths
        : ["<number of each project>"];
  const calls = names.map((name) => `\n${renderSubComponentsCall(components, name, apiUrl)}`);
  return `GitLab makes this \`sub\` only when told to, and then for every job of the project: all trust policies for it must follow.${calls.join("")}`;
}
