import {
  type Assignment,
  asAssignment,
  type Command,
  literalText,
  type Part,
  type Statement,
  type Word,
} from "../shell/script.ts";
import type { Trace } from "./trace.ts";

/** The three names that every tool of AWS reads. */
export const KEY_NAMES = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] as const;

/** A word for GitLab, which puts variables in by name and can do nothing else. */
export function toGitLab({ parts }: Word, trace: Pick<Trace, "assigned">, depth = 0): string | undefined {
  const texts = parts.map((part, index) => {
    if (part.kind === "text") return part.text.replaceAll(/\$(?!\[\[)/g, "$$$$");
    if (part.kind !== "variable" || part.operator !== "") return undefined;
    const own = depth < 5 ? trace.assigned.get(part.name) : undefined;
    return own === undefined ? named(part.name, parts[index + 1]) : toGitLab(own, trace, depth + 1);
  });
  return texts.includes(undefined) ? undefined : texts.join("");
}

/** `${A}_b`, which without its braces would be another variable. */
function named(name: string, next: Part | undefined): string {
  const isInput = name.startsWith("[[");
  return !isInput && next?.kind === "text" && /^\w/.test(next.text) ? `\${${name}}` : `$${name}`;
}

/** A path, so that two ways of writing the same one compare equal. */
export function pathOf(word: Word, trace: Trace): string {
  const text = word.parts
    .map((part) => {
      if (part.kind === "text") return part.text;
      if (part.kind !== "variable" || part.operator !== "") return `<${word.raw}>`;
      if (part.name === "HOME") return "~";
      const own = trace.assigned.get(part.name) ?? trace.settings.get(part.name);
      if (own !== undefined && !variablesNamed(own, part.name)) return pathOf(own, trace);
      return trace.variables.get(part.name) ?? `$${part.name}`;
    })
    .join("");
  return text.replace(/^file:\/\//, "").replace(/^\.\//, "");
}

function variablesNamed({ parts }: Word, name: string): boolean {
  return parts.some((part) => part.kind === "variable" && part.name === name);
}

/** The one variable that a word consists of. */
export function soleVariable({ parts }: Word): string | undefined {
  const [part, ...others] = parts;
  return others.length === 0 && part?.kind === "variable" && part.operator === "" ? part.name : undefined;
}

const EXPORTERS = /^(?:export|declare|local|readonly|typeset)$/;

/** The text of a word in a list, if it is there and has to be run for nothing. */
export function textAt(words: readonly Word[], index: number): string | undefined {
  const word = words[index];
  return word && literalText(word);
}

/** What a command assigns, if it does nothing else; the words that are no assignments are names, or have to be run. */
export function readAssignments({ words, redirects }: Command):
  | {
      readonly isExport: boolean;
      readonly assignments: readonly Assignment[];
      readonly others: readonly Word[];
    }
  | undefined {
  if (redirects.length > 0 || words.length === 0) return undefined;
  const isExport = EXPORTERS.test(textAt(words, 0) ?? "");
  const rest = isExport ? words.slice(1).filter(({ raw }) => !/^-\w+$/.test(raw)) : words;
  const assignments = rest.flatMap((word) => asAssignment(word) ?? []);
  const others = rest.filter((word) => asAssignment(word) === undefined);
  if (!isExport && others.length > 0) return undefined;
  return { isExport, assignments, others };
}

/** The arguments of a program, if the command calls it; variables that are set for it alone are passed over. */
export function argumentsOf(command: Command, program: string): readonly Word[] | undefined {
  const words = command.words.slice(command.words.findIndex((word) => asAssignment(word) === undefined));
  return words[0] !== undefined && literalText(words[0]) === program ? words.slice(1) : undefined;
}

/** The only command of a statement. */
export function soleCommand({ commands }: Statement): Command | undefined {
  return commands?.length === 1 ? commands[0] : undefined;
}

/** Where the output of a command goes, unless it is the log. */
export function outputFile({ redirects }: Command): Word | undefined {
  return redirects.find(({ operator }) => /^1?>>?\|?$/.test(operator))?.target;
}

export function variablePart(name: string): Part {
  return { kind: "variable", name, operator: "" };
}

export function variableWord(name: string): Word {
  return { parts: [variablePart(name)], raw: `$${name}` };
}

/** A value of `variables:`, in which GitLab puts other variables. */
export function fromGitLab(text: string): Word {
  const pieces = text.split(/(\$\{?[A-Za-z_]\w*\}?)/);
  const parts = pieces.map((piece, index) =>
    index % 2 === 0 ? ({ kind: "text", text: piece } as const) : variablePart(piece.replaceAll(/[${}]/g, "")),
  );
  return { parts: parts.filter((part) => part.kind !== "text" || part.text !== ""), raw: text };
}
