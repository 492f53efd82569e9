import { parseRoleArn } from "../aws/arn.ts";
import { type Checked, combine, invalid, valid } from "../foundation/checked.ts";
import type { MigrateInputName } from "./inputs/migrate-inputs.ts";
import type { RawInput, RawInputs } from "./inputs/raw-inputs.ts";

/** What `migrate` is told, checked. */
export interface MigrateConfig {
  readonly file: string;
  /** Where the components are published, unless a placeholder stands for it. */
  readonly project: string | undefined;
  readonly roleArn: string | undefined;
}

export function parseMigrateConfig(raw: RawInputs<MigrateInputName>): Checked<MigrateConfig> {
  return combine({
    file: parseFile(raw("file")),
    project: parseProject(raw("component-group")),
    roleArn: parseRole(raw("role-arn")),
  });
}

function parseFile({ text = "", subject }: RawInput): Checked<string> {
  if (text !== "") return valid(text);
  return invalid({
    subject,
    found: "an empty value",
    expected: "the path of a file",
    fix: "Omit it for .gitlab-ci.yml.",
  });
}

function parseProject({ text = "", subject }: RawInput): Checked<string | undefined> {
  if (text === "") return valid(undefined);
  // People also copy the path of the project itself.
  const project = text.endsWith("/aws-oidc") ? text : `${text}/aws-oidc`;
  if (/^[\w.-]+(?:\/[\w.-]+)*$/.test(text)) return valid(`$CI_SERVER_FQDN/${project}`);
  return invalid({
    subject,
    found: JSON.stringify(text),
    expected: "the path of a group, such as acme/tools",
    fix: "Write the path as in the group's address, without the server.",
  });
}

/** An ARN, or the CI/CD variable that has it. */
function parseRole(input: RawInput): Checked<string | undefined> {
  const { text = "", subject } = input;
  if (text === "") return valid(undefined);
  if (/^\$\{?[A-Za-z_]\w*\}?$/.test(text)) return valid(text);
  const arn = parseRoleArn(text, subject);
  return arn.ok ? valid(text) : arn;
}
