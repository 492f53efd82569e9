import { useState } from "preact/hooks";

/** Text to copy or to download. */
export function CodeBlock({
  label,
  text,
  fileName,
}: {
  readonly label: string;
  readonly text: string;
  readonly fileName?: string;
}) {
  return (
    <figure class="code">
      <figcaption>
        <span>{label}</span>
        <span class="actions">
          <CopyButton text={text} />
          {fileName !== undefined && (
            <button type="button" onClick={() => download(fileName, text)}>
              Download
            </button>
          )}
        </span>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <section class="scroll" tabIndex={0} aria-label={label}>
        <pre>
          <code>{text}</code>
        </pre>
      </section>
    </figure>
  );
}

const TOLD_MS = 2000;

interface CopyButtonProps {
  readonly text: string | (() => Promise<string>);
  readonly label?: string;
  readonly title?: string;
}

export function CopyButton({ text, label = "Copy", title }: CopyButtonProps) {
  const [told, tell] = useState("");
  const onClick = async () => {
    tell((await copy(typeof text === "string" ? text : await text())) ? "Copied" : "Not allowed here");
    setTimeout(() => tell(""), TOLD_MS);
  };
  return (
    <button type="button" title={title} onClick={onClick}>
      <span aria-live="polite">{told || label}</span>
    </button>
  );
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function download(fileName: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: fileName });
  link.click();
  URL.revokeObjectURL(url);
}
