import { quoteForShell } from "../../../foundation/quote.ts";
import { VERSION } from "../../../foundation/version.ts";
import type { CommandName, Input } from "../input.ts";
import { COMMANDS } from "../usage.ts";
import { COMPLETED_SHELLS, FIRST_WORDS, flagsOf, PROGRAMS, spellingsOf, takesFile } from "./words.ts";

const HELP = "'(- *)'{-h,--help}'[show the options]'";
const VERSION_FLAG = "'(- *)'{-V,--version}'[print the version]'";

/** Renders the completion for zsh, to source or to put into a file `_aws-oidc` in a folder of `fpath`. */
export function renderZshCompletion(): string {
  return [
    `#compdef ${PROGRAMS}`,
    `# Completion of aws-oidc ${VERSION} for zsh.`,
    "_aws_oidc() {",
    '  local curcontext="$curcontext" state line',
    "  local -a commands",
    "  typeset -A opt_args",
    `  _arguments -C ${HELP} ${VERSION_FLAG} '1: :->command' '*:: :->arguments' && return`,
    '  case "$state" in',
    "    command)",
    "      commands=(",
    ...FIRST_WORDS.map(([word, text]) => `        ${quoteForShell(`${word}:${text}`)}`),
    "      )",
    "      _describe -t commands command commands ;;",
    "    arguments)",
    `      curcontext="\${curcontext%:*}-$words[1]:"`,
    '      case "$words[1]" in',
    ...COMMANDS.map((command) => `        ${command}) ${renderArguments(command)} ;;`),
    `        help) _arguments '1:command:(${COMMANDS.join(" ")})' ;;`,
    `        completion) _arguments '1:shell:(${COMPLETED_SHELLS.join(" ")})' ;;`,
    "      esac ;;",
    "  esac",
    "}",
    `if [ "$funcstack[1]" = _aws-oidc ]; then _aws_oidc "$@"; else compdef _aws_oidc ${PROGRAMS}; fi`,
    "",
  ].join("\n");
}

function renderArguments(command: CommandName): string {
  const specifications = flagsOf(command).flatMap(specify);
  return ["_arguments", HELP, ...specifications].join(" \\\n          ");
}

/** What `_arguments` needs for a flag, under each of its names. */
function specify(input: Input): readonly string[] {
  const spellings = spellingsOf(input);
  const mayRepeat = input.isList === true || input.section !== undefined;
  const others = mayRepeat ? "*" : spellings.length > 1 ? `(${spellings.join(" ")})` : "";
  return spellings.map((flag) =>
    quoteForShell(
      `${others}${flag}${input.value === "none" ? "" : "="}[${summarise(input)}]${renderValue(input)}`,
    ),
  );
}

/** The first sentence, without markup and without characters that would end a description. */
function summarise({ description }: Input): string {
  const [sentence = ""] = description.replaceAll("`", "").split(/\.(?: |$)/);
  return sentence.replaceAll(/[[\]\\]/g, "\\$&");
}

function renderValue(input: Input): string {
  if (input.value === "none") return "";
  const what = (input.placeholder ?? input.name).replaceAll(/[<>]/g, "").replaceAll(":", "\\:");
  const words = input.options === undefined ? " " : `(${input.options.join(" ")})`;
  return `${input.value === "optional" ? "::" : ":"}${what}:${takesFile(input) ? "_files" : words}`;
}
