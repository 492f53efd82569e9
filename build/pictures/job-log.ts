import { escapeXml, renderSvg } from "./svg.ts";

/** A job as its page in GitLab shows it. */
export interface JobLog {
  readonly job: string;
  readonly status: "Passed" | "Failed";
  /** With ANSI colours. */
  readonly lines: readonly LogLine[];
}

export interface LogLine {
  /** In the whole log; what is left out shows by its absence. */
  readonly number: number;
  readonly text: string;
}

interface Span {
  readonly style: string;
  readonly text: string;
}

/** Characters in a line, as far as it is not wrapped. */
const COLUMNS = 112;
const CHARACTER_WIDTH = 7.5;
const LINE_HEIGHT = 19;
const GUTTER = 48;
const HEADER_HEIGHT = 46;
const WIDTH = Math.ceil(GUTTER + 14 + COLUMNS * CHARACTER_WIDTH + 14);

/** The colours of GitLab's job log. */
const STYLE = `
text { font-family: ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; font-size: 12.4px; fill: #fff; white-space: pre }
.n { fill: #918e95; text-anchor: end }
.b { font-weight: 700 }
.d { fill: #918e95 }
.g { fill: #5cf759; font-weight: 700 }
.r { fill: #ff6161; font-weight: 700 }
.y { fill: #cdcd1a; font-weight: 700 }
.job, .badge { font-family: system-ui, "Segoe UI", "DejaVu Sans", sans-serif }
.job { font-size: 14px; font-weight: 700 }
.badge { font-size: 12px; font-weight: 600; text-anchor: middle }`;

/** Codes of ANSI colours, and the style that GitLab gives them. */
const STYLES: Readonly<Record<string, string>> = {
  "0": "",
  "1": "b",
  "90": "d",
  "32;1": "g",
  "31;1": "r",
  "33;1": "y",
};

const BADGES = {
  Passed: { background: "#0d532a", foreground: "#91d4a8" },
  Failed: { background: "#8d1300", foreground: "#fcb5aa" },
} as const;

/** Draws a job log. */
export function drawJobLog({ job, status, lines }: JobLog): string {
  const rows = lines.flatMap(({ number, text }) =>
    wrap(parseSpans(text)).map((spans, index) => ({ number: index === 0 ? number : undefined, spans })),
  );
  const height = HEADER_HEIGHT + 12 + rows.length * LINE_HEIGHT + 8;
  const drawn = rows.map(({ number, spans }, index) => {
    const y = HEADER_HEIGHT + 12 + (index + 0.7) * LINE_HEIGHT;
    const gutter = number === undefined ? "" : `<text class="n" x="${GUTTER}" y="${y}">${number}</text>`;
    return `${gutter}${drawSpans(spans, y)}`;
  });
  return renderSvg({
    width: WIDTH,
    height,
    title: `Log of the job ${job}: ${status.toLowerCase()}`,
    style: STYLE,
    body: [
      `<rect width="${WIDTH}" height="${height}" rx="8" fill="#1f1e24"/>`,
      drawHeader(job, status),
      ...drawn.filter((row) => row !== ""),
    ],
  });
}

function drawHeader(job: string, status: JobLog["status"]): string {
  const { background, foreground } = BADGES[status];
  return [
    `<rect x="16" y="12" width="66" height="22" rx="11" fill="${background}"/>`,
    `<text class="badge" x="49" y="27" style="fill:${foreground}">${status}</text>`,
    `<text class="job" x="94" y="28">${job}</text>`,
    `<path d="M0 ${HEADER_HEIGHT}H${WIDTH}" stroke="#434248"/>`,
  ].join("");
}

function drawSpans(spans: readonly Span[], y: number): string {
  if (spans.every(({ text }) => text.trim() === "")) return "";
  const parts = spans.map(({ style, text }) =>
    style === "" ? escapeXml(text) : `<tspan class="${style}">${escapeXml(text)}</tspan>`,
  );
  return `<text x="${GUTTER + 14}" y="${y}" xml:space="preserve">${parts.join("")}</text>`;
}

function parseSpans(line: string): readonly Span[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI colours begin with the control character ESC.
  const [plain = "", ...coloured] = line.split(/\u001b\[/);
  const spans = coloured.map((part) => {
    const [, codes = "", text = ""] = /^([\d;]*)m(.*)$/s.exec(part) ?? [];
    const style = STYLES[codes];
    if (style === undefined) throw new Error(`a job log has the colour "${codes}", which the pictures lack`);
    return { style, text };
  });
  return [{ style: "", text: plain }, ...spans].filter(({ text }) => text !== "");
}

/** Breaks a line where GitLab would: between words, and anywhere in words that are too long. */
function wrap(spans: readonly Span[]): readonly (readonly Span[])[] {
  const rows: Span[][] = [[]];
  let left = COLUMNS;
  for (const { style, text } of spans) {
    let rest = text;
    while (rest.length > left) {
      const space = rest.lastIndexOf(" ", left);
      const end = space > 0 ? space + 1 : left;
      rows.at(-1)?.push({ style, text: rest.slice(0, end).trimEnd() });
      rows.push([]);
      rest = rest.slice(end);
      left = COLUMNS;
    }
    rows.at(-1)?.push({ style, text: rest });
    left -= rest.length;
  }
  return rows;
}
