import { isJsonObject, type JsonObject } from "../foundation/json.ts";

/** What a JSON document is that is easily taken for a trust policy. */
export function nameDocument(text: string): string | undefined {
  const value = readJson(text);
  if (!isJsonObject(value)) return undefined;
  if (isPermissionsPolicy(isJsonObject(value.PolicyDocument) ? value.PolicyDocument : value))
    return "a permissions policy: what the role may do, not who may assume it";
  if ("ClientIDList" in value || "ThumbprintList" in value) return "an identity provider, not a role";
  if (Array.isArray(value.Roles)) return "several roles";
  return /"(?:Fn::\w+|Ref)" ?:/.test(text)
    ? "a template of CloudFormation, in which values are still to be filled in"
    : undefined;
}

/** Whether all statements say what on, and none says who. */
function isPermissionsPolicy({ Statement }: JsonObject): boolean {
  const statements: readonly unknown[] = [Statement].flat();
  if (statements.length === 0) return false;
  return statements.every(
    (each) =>
      isJsonObject(each) &&
      "Resource" in each &&
      !("Principal" in each) &&
      !/sts:AssumeRoleWith/i.test(JSON.stringify(each)),
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A format of the AWS CLI other than JSON, if the text is in one. */
export function nameFormat(text: string): string | undefined {
  return OTHER_FORMATS.find(({ pattern }) => pattern.test(text))?.name;
}

/** What `aws iam get-role` prints with another `--output`, or if the profile or AWS_DEFAULT_OUTPUT says so. */
const OTHER_FORMATS = [
  { name: "a table", pattern: /^\s*-{10,}\s*\n\|/ },
  { name: "text", pattern: /^(?:ROLE|ASSUMEROLEPOLICYDOCUMENT|STATEMENT|PRINCIPAL)\t|^2012-10-17\s*\n/m },
  { name: "YAML", pattern: /^(?:- )?(?:Role|AssumeRolePolicyDocument|Statement):\s*$/m },
] as const;
