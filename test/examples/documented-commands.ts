import { spawnSync } from "node:child_process";

/** A `trust-policy` command of a page, as its reader would paste it into a shell. */
export interface DocumentedCommand {
  readonly argv: readonly string[];
  /** The file that its output goes to, if the command says so. */
  readonly file: string | undefined;
  /** The code block that follows at once, if any: what the page says the command prints. */
  readonly output: string | undefined;
}

interface CodeBlock {
  readonly language: string;
  readonly text: string;
  /** Only blank lines stand between this block and the one before. */
  readonly follows: "at once" | "text";
}

/** Finds the fenced code blocks of a page, without the indentation of a list that they stand in. */
function findCodeBlocks(markdown: string): readonly CodeBlock[] {
  const fences = [...markdown.matchAll(/^( *)```(\w+)\n([\s\S]*?)^ *```$/gm)];
  return fences.map((fence, index) => {
    const [whole, indent = "", language = "", text = ""] = fence;
    const before = fences[index - 1];
    const gap = before === undefined ? whole : markdown.slice(before.index + before[0].length, fence.index);
    return {
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      follows: gap.trim() === "" ? "at once" : "text",
    };
  });
}

const COMMAND = /^node dist\/aws-oidc\.cjs (trust-policy (?:.|\\\n)*?)(?: \\\n *)?(?:> (\S+))?\n$/;

/** Takes the words of a command line apart, as a shell does. */
function splitWords(line: string): readonly string[] {
  const { stdout, stderr } = spawnSync("sh", ["-c", `printf '%s\\0' ${line}`], { encoding: "utf8" });
  if (stderr !== "") throw new Error(`not a command line: ${line}: ${stderr}`);
  return stdout.split("\0").slice(0, -1);
}

/** Finds the `trust-policy` commands of a page with what they are said to print. */
export function findDocumentedCommands(markdown: string): readonly DocumentedCommand[] {
  const blocks = findCodeBlocks(markdown);
  return blocks.flatMap(({ language, text }, index) => {
    const [, line, file] = (language === "sh" && text.match(COMMAND)) || [];
    if (line === undefined) return [];
    const next = blocks[index + 1];
    const output = file === undefined && next?.follows === "at once" ? next.text : undefined;
    return [{ argv: splitWords(line), file, output }];
  });
}
