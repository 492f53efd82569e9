import type { RoleArn } from "../aws/arn.ts";
import { type Checked, combine, invalid, type Problem, valid } from "../foundation/checked.ts";
import { platformCode } from "../foundation/platform-message.ts";
import type { Files, Host } from "../foundation/ports.ts";
import { quotePath } from "../foundation/quote.ts";
import { type AssumeRoleParts, parseAssumeRoleParts } from "./assume-role-config.ts";
import type { DescribedClaims } from "./claims-config.ts";
import type { RawInput, RawInputs } from "./inputs/raw-inputs.ts";
import { parseOption } from "./inputs/scalars.ts";
import { parsePlaygroundUrl } from "./playground-url.ts";

/** A trust policy as it was given, not parsed yet. */
export interface PolicyFile {
  readonly path: string;
  readonly text: string;
}

/** What the doctor checks. */
export type DoctorSubject =
  /** The job that it runs in. A mistake in its configuration is a finding, not wrong usage. */
  | { readonly kind: "job"; readonly parts: AssumeRoleParts }
  /** Only claims, offline; or, without them, only a trust policy. */
  | {
      readonly kind: "claims";
      readonly claims: DescribedClaims | undefined;
      readonly role: RoleArn | undefined;
      readonly sessionName: string | undefined;
    }
  /** The text of an error. */
  | { readonly kind: "error-text"; readonly text: string };

export interface DoctorConfig {
  readonly subject: DoctorSubject;
  readonly policy: PolicyFile | undefined;
  readonly format: "text" | "json";
  readonly personalClaims: "withheld" | "shown";
  /** The address of a playground to link to, if one was given. */
  readonly playgroundUrl: string | undefined;
  /** What else besides `blocked` ends with exit code 1. */
  readonly strict: "no" | "unknown-and-too-wide";
}

/** Reads what a doctor job is asked to do. */
export function parseDoctorConfig(raw: RawInputs, host: Host): Checked<DoctorConfig> {
  return combine({
    subject: parseJobSubject(raw, host),
    policy: parsePolicyFile(raw, host.files),
    ...parseOutput(raw),
  });
}

/** The current job; anything wrong with it is a finding. */
export function parseJobSubject(raw: RawInputs, host: Host): Checked<DoctorSubject> {
  const parts = parseAssumeRoleParts(raw, host);
  return parts.certificates.ok ? valid({ kind: "job", parts }) : parts.certificates;
}

/** How to print the result. */
export function parseOutput(raw: RawInputs) {
  return {
    format: parseOption(raw("format"), ["text", "json"]),
    personalClaims: parseOption(raw("personal-claims"), ["withheld", "shown"]),
    playgroundUrl: parsePlaygroundUrl(raw("playground-url")),
    strict: parseStrict(raw("strict")),
  } as const;
}

function parseStrict({ text = "false", subject }: RawInput): Checked<DoctorConfig["strict"]> {
  const strict = parseOption({ text, subject }, ["true", "false"]);
  if (!strict.ok) return strict;
  return valid(strict.value === "true" ? "unknown-and-too-wide" : "no");
}

/** Reads the file with the trust policy, if there is one. */
export function parsePolicyFile(raw: RawInputs, files: Files): Checked<PolicyFile | undefined> {
  const { text: path, subject } = raw("trust-policy-file");
  if (!path) return valid(undefined);
  const text = readFile(files, { path, subject });
  return text.ok ? valid({ path, text: text.value }) : text;
}

/** Reads a file that an input names. */
export function readFile(
  files: Files,
  { path, subject }: { readonly path: string; readonly subject: string },
): Checked<string> {
  try {
    return valid(files.readText(path));
  } catch (error) {
    return invalid({
      subject,
      found: `${quotePath(path)} cannot be read (${platformCode(error)})`,
      expected: "the path of a regular file of at most 64 KiB",
      fix: subject.startsWith("--")
        ? "Check the path."
        : "Check the path. For a file in the repository, also set `git-strategy: fetch`.",
    } satisfies Problem);
  }
}
