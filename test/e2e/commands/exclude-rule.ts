/** Tells whether a path, relative to the root of the transfer, is left out. */
export type ExcludeRule = (path: string, isDirectory: boolean) => boolean;

/**
 * Parses one exclude pattern.
 *
 * A leading `/` ties it to the root of the transfer and a trailing one to directories; with another `/` or `**` in it, it
 * is compared with the end of the path, else with the last name alone.
 *
 * @see rsync(1), "Pattern matching rules"
 */
export function parseExcludeRule(pattern: string): ExcludeRule {
  const onlyDirectories = pattern.endsWith("/");
  const body = onlyDirectories ? pattern.slice(0, -1) : pattern;
  const anchored = body.startsWith("/");
  const text = anchored ? body.slice(1) : body;
  const ofWholePath = anchored || text.includes("/") || text.includes("**");
  const expression = new RegExp(`${anchored ? "^" : "(?:^|/)"}${translate(text)}$`, "s");
  return (path, isDirectory) =>
    (isDirectory || !onlyDirectories) && expression.test(ofWholePath ? path : lastNameOf(path));
}

function lastNameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function translate(text: string): string {
  if (!/[*?[]/.test(text)) return quote(text);
  return text.replaceAll(/^\*\*\/|\*\*|\[[!^]?\]?[^\]]*\]|\\.|[^\\]/gs, translateToken);
}

function translateToken(token: string): string {
  if (token === "**/") return "(?:.*/)?";
  if (token === "**") return ".*";
  if (token === "*") return "[^/]*";
  if (token === "?") return "[^/]";
  const [, negation, members] = token.match(/^\[([!^]?)(.+)\]$/s) ?? [];
  if (members !== undefined) return `[${negation ? "^/" : ""}${members.replaceAll(/[\\\]^]/g, "\\$&")}]`;
  return quote(token.length > 1 ? token.slice(1) : token);
}

function quote(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
