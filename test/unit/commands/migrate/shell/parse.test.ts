import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseScript } from "../../../../../src/commands/migrate/shell/parse.ts";
import {
  asAssignment,
  ShellSyntaxError,
  type Word,
} from "../../../../../src/commands/migrate/shell/script.ts";
import { propertyRuns } from "../../../../harness/property-runs.ts";

/** A word as its parts: text as it is, `<NAME>` for a variable, `(…)` for commands, `[…]` for an array. */
function show({ parts }: Word): string {
  return parts
    .map((part) => {
      if (part.kind === "text") return part.text;
      if (part.kind === "variable") return `<${part.name}${part.operator}>`;
      if (part.kind === "commands")
        return `(${part.statements.map((each) => showStatement(each.commands)).join(" ; ")})`;
      return part.kind === "array" ? `[${part.words.map(show).join(" ")}]` : `?${part.text}?`;
    })
    .join("");
}

function showStatement(commands: ReturnType<typeof parseScript>[number]["commands"]): string {
  if (commands === undefined) return "…";
  return commands
    .map(({ words, redirects }) =>
      [...words.map(show), ...redirects.map(({ operator, target }) => `${operator}${show(target)}`)].join(
        " ",
      ),
    )
    .join(" | ");
}

function parse(text: string): readonly string[] {
  return parseScript(text).map(({ commands, joinedBy }) => joinedBy + showStatement(commands));
}

describe("reads", () => {
  it.each([
    ["words and quotes", `a 'b $c' "d $e \\"f\\"" g\\ h`, ['a b $c d <e> "f" g h']],
    ["statements", "a; b && c || d\ne # f\n#g\nh", ["a", "b", "&&c", "||d", "e", "h"]],
    ["pipelines", "a | b |& c |\n d", ["a | b | c | d"]],
    ["continued lines", "a \\\n  b\\\nc", ["a bc"]],
    ["substitutions", 'a=$(b "$(c)" | d) `e \\`f\\``', ["a=(b (c) | d) (e (f))"]],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: parameters of the shell.
    ["parameters", "${a} ${b:-c} ${d[0]} $1 $@ $ x", ["<a> <b:-c> <d[0]> <1> <@> $ x"]],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the same.
    ["braces within quotes", '"${e//"}"/x}" f', ['<e//"}"/x> f']],
    ["arithmetic", "a $((1 + 2)) b", ["a ?1 + 2? b"]],
    ["arrays", "a=($(b) c\n d)", ["a=[(b) c d]"]],
    ["redirects", "a > b 2>&1 >>c <d <<< e", ["a >b 2>&1 >>c <d <<<e"]],
    ["process substitution", "read a < <(b\n c)", ["read a <(b ; c)"]],
    ["here-documents", "cat <<-EOF > a\n\tb $c\n\tEOF\nd", ["cat <<b <c> >a", "d"]],
    [
      "control structures whole",
      "if a; then b; fi\nfor c in d; do e; done > f\nwhile g; do if h; then i; fi; done\nj",
      ["…", "…", "…", "j"],
    ],
    ["case", "case a in b) c;; (d|e) f;; esac; g", ["…", "g"]],
    [
      "functions and groups",
      "f() { a; }\nfunction g { b; }\n{ c; }\n(d; e) | f\nh &\ni",
      ["…", "…", "…", "…", "…", "i"],
    ],
    ["tests", "[[ a < b && c ]] && d\n[ e ] || f", ["…", "&&d", "[ e ]", "||f"]],
  ])("%s", (_, text, expected) => {
    expect(parse(text)).toEqual(expected);
  });
});

it.each([
  "a 'b",
  'a "b',
  "a $(b",
  "a `b",
  "${a",
  "if a; then b",
  "cat <<E\nb",
  "a)b",
  "a | | b",
  "| a",
  "( a",
  "a (b)c'",
])("refuses what a shell refuses: %s", (text) => {
  expect(() => parseScript(text)).toThrow(ShellSyntaxError);
});

it("knows the lines of each statement", () => {
  const text = "a\nb=$(c \\\n  d)\n\ne <<E\nf\nE\ng";
  expect(parseScript(text).map(({ firstLine, lastLine }) => [firstLine, lastLine])).toEqual([
    [0, 0],
    [1, 2],
    [4, 6],
    [7, 7],
  ]);
});

it("reads assignments behind export, and no word that is quoted", () => {
  const words = parseScript(`export A=1 B="$(c)" 'D=e' f`)[0]?.commands?.[0]?.words ?? [];
  expect(words.flatMap((word) => asAssignment(word)?.name ?? [])).toEqual(["A", "B"]);
});

it("ends for any text: with statements, or with a syntax error", () => {
  const pieces = fc.constantFrom(
    ..."ab$(){}[]<>|&;'\"`\\\n #=",
    "if ",
    "fi",
    "case ",
    "in ",
    "esac",
    "${",
    "$((",
    "<<E\n",
    "\nE\n",
    "do ",
    "done ",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      try {
        const statements = parseScript(parts.join(""));
        expect(statements.every(({ firstLine, lastLine }) => firstLine <= lastLine)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(ShellSyntaxError);
      }
    }),
    propertyRuns(500),
  );
});
