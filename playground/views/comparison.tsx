import type { ComparedLine, ComparedPart, ComparedStatement, Piece } from "../answers/comparison.ts";

const MARKS = { yes: "✔", no: "✖", unknown: "?" } as const;
const WORDS = { yes: "holds", no: "does not hold", unknown: "unknown" } as const;

/** A statement line by line: what it wants, above what the job has, with the difference marked. */
export function Comparison({ compared }: { readonly compared: ComparedStatement }) {
  const { place, sid, effect, lines } = compared;
  return (
    <div class="comparison">
      <h3>
        <code>{place}</code>
        {sid && <span> “{sid}”</span>} <span class="muted">{effect}</span>
      </h3>
      <ul>
        {lines.map((line) => (
          <Line key={line.place} line={line} />
        ))}
      </ul>
    </div>
  );
}

function Line({ line }: { readonly line: ComparedLine }) {
  const { title, match, parts, isNegated } = line;
  const isWhole = parts.length === 1;
  return (
    <li class={`compared ${match}`} data-match={match}>
      <p class="compared-head">
        <Sign match={match} /> <code>{title}</code>
      </p>
      <dl>
        {parts.map((part) => (
          <Part key={part.name} part={part} isNegated={isNegated} name={isWhole ? undefined : part.name} />
        ))}
      </dl>
    </li>
  );
}

function Sign({ match }: { readonly match: ComparedLine["match"] }) {
  return (
    <span class="sign">
      <span aria-hidden="true">{MARKS[match]}</span>
      <span class="unseen">{WORDS[match]}:</span>
    </span>
  );
}

interface PartProps {
  readonly part: ComparedPart;
  readonly isNegated: boolean;
  readonly name: string | undefined;
}

/** Matching values are shown once, others one below the other. */
function Part({ part, isNegated, name }: PartProps) {
  const { match, wanted, found } = part;
  const isShort = match === "yes" && found !== undefined;
  return (
    <div class={`part ${match}`}>
      <dt>{name}</dt>
      {isShort ? (
        <dd>
          <Value pieces={found} />
        </dd>
      ) : (
        <>
          {wanted.map((pieces, index) => (
            <dd key={index}>
              <span class="side">{sideOf(index, isNegated)}</span> <Value pieces={pieces} />
            </dd>
          ))}
          <dd>
            <span class="side">found</span>{" "}
            {found === undefined ? <span class="muted">nothing, or unknown</span> : <Value pieces={found} />}
          </dd>
        </>
      )}
    </div>
  );
}

function sideOf(index: number, isNegated: boolean): string {
  if (index > 0) return "or";
  return isNegated ? "barred" : "wanted";
}

function Value({ pieces }: { readonly pieces: readonly Piece[] }) {
  return (
    <code>
      {pieces.map(({ text, isDifferent }, index) =>
        isDifferent ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>,
      )}
    </code>
  );
}
