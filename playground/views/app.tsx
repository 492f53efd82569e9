import { useEffect, useRef } from "preact/hooks";
import { VERSION } from "../../src/foundation/version.ts";
import { WAYS, type Way } from "../link/link.ts";
import { currentLink, way } from "../state.ts";
import { CopyButton } from "./code-block.tsx";
import { ErrorWay } from "./error-way.tsx";
import { PipelineWay } from "./pipeline-way.tsx";
import { RoleWay } from "./role-way.tsx";
import { WhoWay } from "./who-way.tsx";

const TITLES: Readonly<Record<Way, string>> = {
  who: "Who may assume this role?",
  role: "Create a role",
  error: "What does this error mean?",
  pipeline: "A pipeline to paste",
};

const CONTENTS: Readonly<Record<Way, () => preact.JSX.Element>> = {
  who: WhoWay,
  role: RoleWay,
  error: ErrorWay,
  pipeline: PipelineWay,
};

export function App() {
  const current = way.value;
  const Content = CONTENTS[current];
  return (
    <>
      <a class="skip" href={`#${current}`} onClick={focusContent}>
        Skip to the question
      </a>
      <header class="page-header">
        <div class="name">
          <strong>aws-oidc</strong> playground <span class="version">{VERSION}</span>
        </div>
        <nav aria-label="Questions">
          {WAYS.map((name) => (
            <a
              key={name}
              href={`#${name}`}
              aria-current={name === current ? "page" : undefined}
              onClick={go(name)}
            >
              {TITLES[name]}
            </a>
          ))}
        </nav>
      </header>
      <main id="content">
        <div class="title">
          <Heading key={current} text={TITLES[current]} />
          {current !== "error" && (
            <CopyButton
              text={currentLink}
              label="Copy link"
              title="With the contents of the forms, but never a token or a personal claim"
            />
          )}
        </div>
        <Content />
      </main>
      <footer class="page-footer">
        <p>
          <strong>Nothing leaves this page.</strong> Its Content-Security-Policy forbids every connection, it
          loads nothing from elsewhere, and it works offline: save it and try. Its answers come from the same
          code as those of the command line.
        </p>
      </footer>
    </>
  );
}

let isFirst = true;

/** Takes the focus when another question is chosen, as a new page would. */
function Heading({ text }: { readonly text: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${text} · aws-oidc playground`;
    if (!isFirst) heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, [text]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {text}
    </h1>
  );
}

const go = (name: Way) => (event: Event) => {
  event.preventDefault();
  way.value = name;
  scrollTo(0, 0);
};

function focusContent(event: Event): void {
  event.preventDefault();
  document.querySelector("h1")?.focus();
}
