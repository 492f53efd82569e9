import { CODE_LINE } from "../../src/output/code-lines.ts";
import { inPageWords } from "../answers/page-words.ts";

interface ProseProps {
  readonly text: string;
  /** How to reword text written for the command line; unchanged by default. */
  readonly reword?: (sentence: string) => string;
}

/** Sentences and, between them, commands, YAML and JSON on separate lines. */
export function Prose({ text, reword = (sentence) => sentence }: ProseProps) {
  return (
    <div class="prose">
      {splitBlocks(text).map(({ isCode, lines }, index) =>
        isCode ? (
          <pre key={index}>
            <code>{lines.join("\n")}</code>
          </pre>
        ) : (
          <p key={index}>
            <Sentence text={reword(lines.join(" "))} />
          </p>
        ),
      )}
    </div>
  );
}

/** Further notes, each separate. */
export function Notes({ notes }: { readonly notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <ul class="notes">
      {notes.map((note) => (
        <li key={note}>
          <Prose text={note} reword={inPageWords} />
        </li>
      ))}
    </ul>
  );
}

/** A text in which backticks mark code. */
export function Sentence({ text }: { readonly text: string }) {
  return (
    <>
      {text
        .split(/(`[^`]+`)/)
        .map((part, index) =>
          part.startsWith("`") && part.length > 2 ? <code key={index}>{part.slice(1, -1)}</code> : part,
        )}
    </>
  );
}

interface Block {
  readonly isCode: boolean;
  readonly lines: string[];
}

function splitBlocks(text: string): readonly Block[] {
  const blocks: Block[] = [];
  for (const line of text.split("\n")) {
    const isCode = CODE_LINE.test(line) || /^[ \]})]/.test(line);
    const last = blocks.at(-1);
    if (last !== undefined && last.isCode === isCode && isCode) last.lines.push(line);
    else blocks.push({ isCode, lines: [line] });
  }
  return blocks;
}
