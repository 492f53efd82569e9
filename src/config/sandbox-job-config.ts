import { type Checked, combine, invalid, valid } from "../foundation/checked.ts";
import type { SandboxJob } from "../foundation/workbench.ts";
import type { GitRemote } from "../gitlab/remote.ts";
import type { RawInput, RawInputs } from "./inputs/raw-inputs.ts";
import type { SandboxInputName } from "./inputs/sandbox-inputs.ts";
import { splitList } from "./inputs/scalars.ts";
import { parseIssuer } from "./issuer.ts";

export type SandboxFlags = RawInputs<SandboxInputName>;

/** What git says about the folder in which the sandbox was called. */
export interface Checkout {
  /** The URL of `origin`, which gitlab-ci-local uses. */
  readonly remote: GitRemote | undefined;
  /** `undefined` if no branch is checked out. */
  readonly branch: string | undefined;
  readonly defaultBranch: string;
  readonly sha: string;
}

/** Names of the claims that `sub` can contain. */
const SUB_COMPONENTS: readonly string[] = [
  ..."project_path project_id job_project_path job_project_id".split(" "),
  ..."ref_type ref ref_protected environment_protected deployment_tier".split(" "),
];

const TIERS: readonly string[] = ["production", "staging", "testing", "development", "other"];

/** Reads what the ID tokens should say: flags first, then the checkout. */
export function parseSandboxJob(
  flags: SandboxFlags,
  checkout: Checkout,
  issuerOfPolicies: string | undefined,
): Checked<SandboxJob> {
  return combine({
    issuer: parseIssuer(issuerInput(flags("issuer"), checkout, issuerOfPolicies)),
    project: parseProject(flags("project"), checkout),
    projectId: parseNumber(flags("project-id"), "1217"),
    namespaceId: parseNumber(flags("namespace-id"), "42"),
    ref: parseRef(flags, checkout),
    environment: parseEnvironment(flags),
    sha: valid(checkout.sha),
    subComponents: parseSubComponents(flags("sub-components")),
  });
}

function issuerInput(input: RawInput, { remote }: Checkout, issuerOfPolicies: string | undefined): RawInput {
  if (input.text) return input;
  if (remote !== undefined) return { subject: "remote origin", text: `https://${remote.host}` };
  return { ...input, text: issuerOfPolicies ?? "https://gitlab.com" };
}

function parseProject({ text, subject }: RawInput, { remote }: Checkout): Checked<string> {
  const project = text || remote?.project;
  // No GitLab path ends like this: it is the argument of `git clone`.
  if (project !== undefined && /^[\w.-]+(?:\/[\w.-]+)+$/.test(project) && !project.endsWith(".git"))
    return valid(project);
  return invalid({
    subject: text ? subject : "--project",
    found: text ? JSON.stringify(text) : "no value, and git has no remote origin on a GitLab instance",
    expected: "a project's path with its groups: acme/shop",
    fix: "Add --project with the path from the project's URL, without the host and without .git.",
  });
}

function parseRef(flags: SandboxFlags, checkout: Checkout): Checked<SandboxJob["ref"]> {
  const [branch, tag] = [flags("branch").text, flags("tag").text];
  if (branch && tag) {
    return invalid({
      subject: "--branch, --tag",
      found: "both of them",
      expected: "one of them, because a pipeline runs for one ref",
      fix: "Omit one of the two.",
    });
  }
  const name = tag || branch || checkout.branch;
  if (name === undefined) {
    return invalid({
      subject: "--branch",
      found: "no value, and no branch is checked out",
      expected: "the branch or tag that the pipeline runs for",
      fix: "Add --branch main or --tag v1.2.3, or check out a branch.",
    });
  }
  const isDefault = !tag && name === checkout.defaultBranch;
  return valid({ type: tag ? "tag" : "branch", name, isProtected: isDefault || isOn(flags("protected")) });
}

function isOn({ text }: RawInput): boolean {
  return text !== undefined && text !== "" && text !== "false";
}

function parseEnvironment(flags: SandboxFlags): Checked<SandboxJob["environment"]> {
  const { text: name } = flags("environment");
  const tier = flags("deployment-tier");
  const isProtected = isOn(flags("protected-environment"));
  if (!name && (tier.text || isProtected)) {
    return invalid({
      subject: tier.text ? tier.subject : flags("protected-environment").subject,
      found: "given without --environment",
      expected: "both, or neither",
      fix: "Add --environment with the name of the environment.",
    });
  }
  if (!name) return valid(undefined);
  if (tier.text && !TIERS.includes(tier.text)) {
    return invalid({
      subject: tier.subject,
      found: JSON.stringify(tier.text),
      expected: `one of ${TIERS.join(", ")}`,
      fix: "Use one of these words, in lower case.",
    });
  }
  return valid({ name, isProtected, tier: tier.text || "production" });
}

function parseNumber({ text, subject }: RawInput, fallback: string): Checked<string> {
  if (!text) return valid(fallback);
  if (/^\d{1,19}$/.test(text)) return valid(text);
  return invalid({
    subject,
    found: JSON.stringify(text),
    expected: "a whole number",
    fix: "Copy the ID from the page of the project or group.",
  });
}

function parseSubComponents({ text, subject }: RawInput): Checked<readonly string[]> {
  const names = splitList(text);
  const unknown = names.filter((name) => !SUB_COMPONENTS.includes(name));
  if (unknown.length === 0) return valid(names);
  return invalid({
    subject,
    found: unknown.map((name) => JSON.stringify(name)).join(", "),
    expected: `some of ${SUB_COMPONENTS.join(", ")}`,
    fix: "Copy what the API shows as the project's `ci_id_token_sub_claim_components`.",
  });
}
