import { VERSION } from "../../../foundation/version.ts";
import type { CommandName, Input } from "../input.ts";
import { COMMANDS } from "../usage.ts";
import { COMPLETED_SHELLS, FIRST_WORDS, flagsOf, PROGRAMS, spellingsOf, takesFile } from "./words.ts";

/** Renders the completion for bash, including version 3.2, the last that comes with macOS. */
export function renderBashCompletion(): string {
  const firstWords = [...FIRST_WORDS.map(([word]) => word), "--help", "--version"].join(" ");
  const words = [
    ...COMMANDS.map((command) => [command, allFlags(command)] as const),
    ["help", COMMANDS.join(" ")] as const,
    ["completion", COMPLETED_SHELLS.join(" ")] as const,
  ];
  return `# Completion of aws-oidc ${VERSION} for bash.
_aws_oidc() {
  local words flags file prefix=""
  local command="\${COMP_WORDS[1]}" word="\${COMP_WORDS[COMP_CWORD]}" flag="\${COMP_WORDS[COMP_CWORD-1]}"
  # --flag=value is three words, or one if COMP_WORDBREAKS has no =.
  [ "$flag" != = ] || flag="\${COMP_WORDS[COMP_CWORD-2]}"
  case "$word" in
    =) word="" ;;
    --*=*) flag="\${word%%=*}" prefix="\${word%%=*}=" word="\${word#*=}" ;;
    -*) flag="" ;;
  esac
  case "$command" in
${words.map(([first, following]) => `    ${first}) flags="${following}" ;;\n`).join("")}  esac
  case "$COMP_CWORD $command $flag" in
    "1 "*) words="${firstWords}" ;;
${COMMANDS.flatMap(renderCases).join("")}    *) words="$flags" ;;
  esac
  COMPREPLY=()
  if [ "$words" = ${FILES} ]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r file; do COMPREPLY+=("$prefix$file"); done < <(compgen -f -- "$word")
  else
    COMPREPLY=($(compgen -P "$prefix" -W "$words" -- "$word"))
  fi
}
complete -F _aws_oidc ${PROGRAMS}
`;
}

function allFlags(command: CommandName): string {
  return [...flagsOf(command).flatMap(spellingsOf), "--help"].join(" ");
}

/** The flags of a command that take a value, by possible value. */
function renderCases(command: CommandName): readonly string[] {
  const patterns = new Map<string, readonly string[]>();
  for (const input of flagsOf(command)) {
    if (input.value === "none") continue;
    const words = wordsFor(input);
    const flags = spellingsOf(input).map((flag) => `*" ${command} ${flag}"`);
    patterns.set(words, [...(patterns.get(words) ?? []), ...flags]);
  }
  return [...patterns].map(([words, flags]) => `    ${flags.join(" | ")}) words="${words}" ;;\n`);
}

/** A placeholder for file names; no flag has this value. */
const FILES = "/files";

function wordsFor(input: Input): string {
  if (takesFile(input)) return FILES;
  // If the value is optional, the next flag may follow.
  return input.options?.join(" ") ?? (input.value === "optional" ? "$flags" : "");
}
