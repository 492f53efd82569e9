import type { Problem } from "../../src/foundation/checked.ts";
import { inPageWords, labelOf } from "../answers/page-words.ts";
import { Prose, Sentence } from "./prose.tsx";

/** What is wrong with the fields, each with what to do. */
export function Problems({ problems }: { readonly problems: readonly Problem[] }) {
  if (problems.length === 0) return null;
  return (
    <ul class="problems">
      {problems.map(({ subject, found, expected, fix }) => (
        <li key={`${subject} ${found}`}>
          <p>
            <strong>{subjectInPageWords(subject)}:</strong> <Sentence text={inPageWords(found)} />
          </p>
          {expected && (
            <p class="muted">
              Expected <Sentence text={inPageWords(expected)} />.
            </p>
          )}
          <Prose text={fix} reword={inPageWords} />
        </li>
      ))}
    </ul>
  );
}

/** `--branch, --tag` → `Branch, Tag` */
function subjectInPageWords(subject: string): string {
  return subject.replaceAll(/--([a-z-]+)/g, (_, name: string) => labelOf(name));
}
