import type { SandboxConfig } from "../../config/sandbox-config.ts";
import { quoteForShell, showOnOneLine } from "../../foundation/quote.ts";
import type { SandboxDecision, SandboxMiss, StandIns } from "../../foundation/workbench.ts";
import type { ComponentInclude } from "../../gitlab/component-includes.ts";
import type { Paint } from "../../output/paint.ts";
import type { Fact } from "../../output/report.ts";
import { renderNote, renderSuccess } from "../../output/report.ts";

/** What is running, as far as the user needs to know. */
export interface Running {
  readonly config: SandboxConfig;
  readonly standIns: StandIns;
  /** The `sub` of the ID tokens. */
  readonly sub: string;
  readonly served: readonly ComponentInclude[];
  readonly version: string;
}

/** Says what was started, for which job, and with which trust policies. */
export function renderStart({ config, standIns, sub, served, version }: Running, paint: Paint): string {
  const { job, roles, providers } = config.world;
  const audiences = [...new Set(config.tokens.values())];
  const facts: readonly Fact[] = [
    ["STS", standIns.stsUrl],
    ["iss", job.issuer],
    ["sub", sub],
    ["aud", audiences.join(", ")],
    ["ref", `${job.ref.type} ${job.ref.name}, ${job.ref.isProtected ? "protected" : "not protected"}`],
    ...roles.map(({ arn }, index): Fact => ["role", `${arn}, by ${config.policies[index]?.path ?? ""}`]),
    ...providers.map(
      ({ accountId, url, audiences: listed }): Fact => [
        "provider",
        `${url} in ${accountId}, for ${listed.join(", ")}`,
      ],
    ),
    ...[...new Set(served.map(({ project }) => project))].map(
      (project): Fact => ["components", `${project} ${version}, from this script`],
    ),
  ];
  return renderSuccess(
    "An issuer of ID tokens and an STS run on this machine, for one pipeline.",
    facts.map(([label, value]) => [label, showOnOneLine(value)]),
    paint,
  );
}

/** What the user might expect, but is different here. */
export function startNotes(
  { config, served, version }: Running,
  removed: readonly string[],
): readonly string[] {
  const foreign = config.components.filter((component) => !served.includes(component));
  const versions = new Set(foreign.map(({ project, name, version: asked }) => `${project}/${name}@${asked}`));
  return [
    ...(config.components.length === 0
      ? [
          "The pipeline includes no component whose project is called aws-oidc; its jobs still get GITLAB_OIDC_TOKEN.",
        ]
      : []),
    ...[...versions].map(
      (component) =>
        `${component} does not come from this script, which has ${version}: gitlab-ci-local fetches it from its own server.`,
    ),
    ...config.disputed.map(
      (name) =>
        `The jobs ask for ${name} with several audiences. Here it has one: ${config.tokens.get(name)}.`,
    ),
    ...config.childFiles.map(
      (path) =>
        `gitlab-ci-local gives a child pipeline neither ID tokens nor STS. Run its file instead: -- gitlab-ci-local --file ${quoteForShell(path)}`,
    ),
    ...(removed.length === 0
      ? []
      : [`The jobs do not get ${removed.join(", ")} from this shell, just as on GitLab.`]),
  ];
}

/** What STS decided; requests with the same result are listed once. */
export function renderDecisions({ config, standIns }: Running, program: string, paint: Paint): string {
  const decisions = standIns.decisions();
  if (decisions.length === 0) return renderNote("No job asked STS for a role.", paint);
  const texts = decisions.map((decision) => renderDecision(decision, config, paint));
  const misfit = decisions.find(
    ({ action, refusal, statements }) =>
      action === "AssumeRoleWithWebIdentity" && refusal !== undefined && statements.length > 0,
  );
  const counted = [...new Set(texts)].map((text) => {
    const times = texts.filter((other) => other === text).length;
    return times === 1 ? text : text.replace("\n", `, ${times} times\n`);
  });
  if (misfit === undefined) return counted.join("");
  const advice = renderAdvice(misfit.roleArn, config, program);
  return `${counted.join("")}    ${paint.good("→")} ${advice}\n`;
}

function renderDecision(decision: SandboxDecision, config: SandboxConfig, paint: Paint): string {
  const { roleArn, refusal, statements } = decision;
  const role = showOnOneLine(roleArn);
  const applied = statements.filter(({ misses }) => misses.length === 0);
  if (refusal === undefined) {
    const by = applied.map(({ number }) => `statement ${number}`).join(", ");
    return `${paint.good("✔")} ${paint.bold(`STS admitted ${role}`)}: ${by} of its trust policy\n`;
  }
  const head = `${paint.bad("✖")} ${paint.bold(`STS refused ${role}`)}: ${refusal.code}\n`;
  const denying = applied.filter(({ effect }) => effect === "Deny");
  if (denying.length > 0) return `${head}    statement ${denying[0]?.number} of its trust policy denies it\n`;
  const open = statements.filter(({ effect }) => effect === "Allow");
  // Something other than the trust policy, such as a session that is too long, or a second role.
  if (open.length === 0 || applied.length > 0) return `${head}    ${explainOtherwise(decision, config)}\n`;
  return head + open.map((statement) => renderStatement(statement, paint)).join("");
}

function renderStatement({ number, misses }: SandboxDecision["statements"][number], paint: Paint): string {
  return misses
    .map(
      (miss) =>
        `    statement ${number} of its trust policy, ${miss.what}\n` +
        `      ${paint.dim("wanted")}  ${showOnOneLine(miss.wanted.join(", "))}\n` +
        `      ${paint.dim("found")}   ${showOnOneLine(foundIn(miss))}\n`,
    )
    .join("");
}

function foundIn({ found }: SandboxMiss): string {
  return found.length === 0 ? "nothing: the request has no such key" : found.join(", ");
}

/** Why a request was refused before the trust policy was read: STS itself does not say. */
function explainOtherwise({ roleArn, refusal, statements }: SandboxDecision, config: SandboxConfig): string {
  const { job, roles, providers } = config.world;
  const message = showOnOneLine(refusal?.message ?? "");
  if (statements.length > 0) return message;
  const accountId = roleArn.split(":")[4] ?? "";
  const inAccount = providers.filter((provider) => provider.accountId === accountId);
  const provider = inAccount.find(({ url }) => url === job.issuer);
  if (!roles.some(({ arn }) => arn === roleArn))
    return `no trust policy was given for it: add --trust-policy ${quoteForShell(roleArn)}=<path>`;
  if (refusal?.code !== "InvalidIdentityToken") return message;
  if (provider === undefined)
    return `the tokens come from ${job.issuer}; the trust policy names ${inAccount.map(({ url }) => url).join(", ") || `no identity provider in ${accountId}`}`;
  return `${message} The identity provider lists the audience ${provider.audiences.join(", ")}.`;
}

/** The doctor says what to do about a trust policy that does not admit the job. */
function renderAdvice(roleArn: string, { policies, world }: SandboxConfig, program: string): string {
  const path = policies[world.roles.findIndex(({ arn }) => arn === roleArn)]?.path ?? "";
  const { project, ref, issuer } = world.job;
  const words = [`--${ref.type}`, ref.name, "--issuer", issuer].map(quoteForShell).join(" ");
  return `${program} doctor --trust-policy ${quoteForShell(path)} --project ${quoteForShell(project)} ${words}`;
}
