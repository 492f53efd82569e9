import { inputsOf } from "../../src/config/inputs/inputs.ts";

/** Labels that do not follow from the name. */
const LABELS: Readonly<Record<string, string>> = {
  claims: "Token or claims",
  issuer: "GitLab instance",
  "trust-policy": "Trust policy",
  "trust-policy-file": "Trust policy",
};

const ABBREVIATIONS: Readonly<Record<string, string>> = {
  arn: "ARN",
  id: "ID",
  ids: "IDs",
  sts: "STS",
};

/** The label of the field for a flag or input: `Project ID` for `project-id`. */
export function labelOf(name: string): string {
  const words = name.split("-").map((word) => ABBREVIATIONS[word] ?? word);
  const text = words.join(" ");
  return LABELS[name] ?? text.charAt(0).toUpperCase() + text.slice(1);
}

/** Flags of the commands, which are fields on the page. */
const FLAGS = new Set([
  "trust-policy",
  ...[...inputsOf("doctor"), ...inputsOf("trust-policy")]
    .filter(({ reaches }) => reaches !== "job")
    .map(({ name }) => name),
]);

/** Rewrites command line wording for the page; commands of the AWS CLI keep their own flags. */
export function inPageWords(text: string): string {
  return text
    .replaceAll(/ \| \S+ doctor --trust-policy -/g, "")
    .split(/(\baws [a-z-]+ .*)/)
    .map((part) => (part.startsWith("aws ") ? part : withLabels(part)))
    .join("");
}

function withLabels(text: string): string {
  return text.replaceAll(/`?--([a-z]+(?:-[a-z]+)*)`?(?![\w-])/g, (flag, name: string) =>
    FLAGS.has(name) ? `“${labelOf(name)}”` : flag,
  );
}
