import { renderBashCompletion } from "./bash.ts";
import { COMPLETED_SHELLS, type CompletedShell, OTHER_WORDS } from "./words.ts";
import { renderZshCompletion } from "./zsh.ts";

/** Renders the script that lets a shell complete commands, flags and their values. */
export function renderCompletion(shell: CompletedShell): string {
  return shell === "bash" ? renderBashCompletion() : renderZshCompletion();
}

/** The help for it. */
export function renderCompletionUsage(program: string): string {
  return (
    `Usage: ${program} completion ${COMPLETED_SHELLS.join("|")}\n\n${OTHER_WORDS.completion}\n\n` +
    "With aws-oidc on the path, add this to ~/.bashrc:\n\n  source <(aws-oidc completion bash)\n\n" +
    "or this to ~/.zshrc, below compinit:\n\n  source <(aws-oidc completion zsh)\n"
  );
}
