import { escapeXml, renderSvg } from "./svg.ts";

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly title: string;
  readonly text: string;
  readonly kind: "gitlab" | "job" | "aws";
}

interface Arrow {
  readonly path: string;
  /** Number of the step, as the page counts them. */
  readonly step?: number;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly isDashed?: true;
}

const HEIGHT_OF_BOX = 62;

const BOXES: readonly Box[] = [
  { x: 24, y: 72, width: 170, title: "GitLab", text: "signs ID tokens", kind: "gitlab" },
  { x: 345, y: 72, width: 190, title: "job assume-role", text: "your pipeline, any runner", kind: "job" },
  { x: 686, y: 72, width: 170, title: "AWS STS", text: "asks the trust policy", kind: "aws" },
  { x: 345, y: 226, width: 190, title: "job deploy", text: "any image", kind: "job" },
  { x: 686, y: 226, width: 170, title: "AWS", text: "S3, ECR, …", kind: "aws" },
];

const ARROWS: readonly Arrow[] = [
  { path: "M194 103H344", step: 1, label: "ID token", x: 266, y: 92 },
  { path: "M535 92H685", step: 2, label: "ID token", x: 607, y: 81 },
  { path: "M771 72C771 20 109 20 109 71", label: "fetches the public keys", x: 440, y: 24, isDashed: true },
  { path: "M686 116H536", step: 3, label: "credentials", x: 614, y: 135 },
  { path: "M440 134V225", step: 4, label: "dotenv report, kept by GitLab", x: 580, y: 184 },
  { path: "M535 257H685", label: "acts as the role", x: 607, y: 247 },
];

/** On a card of its own, since nobody knows whether the page around it is dark. */
const STYLE = `
text { font-family: system-ui, "Segoe UI", "DejaVu Sans", sans-serif; font-size: 13px; fill: #333238; text-anchor: middle }
.title { font-weight: 700; font-size: 14px }
.step { font-weight: 700; fill: #fff }
.note { fill: #626168; text-anchor: start }
.box { stroke-width: 1.5 }
.gitlab { fill: #fdf1dd; stroke: #c17d10 }
.job { fill: #e9f3fc; stroke: #1f75cb }
.aws { fill: #ecf4ee; stroke: #2da160 }
.arrow { fill: none; stroke: #626168; stroke-width: 1.5; marker-end: url(#head) }
.dashed { stroke-dasharray: 5 4 }`;

const HEAD =
  '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8Z" fill="#626168"/></marker>';

/** Draws how credentials come from GitLab to AWS and back. */
export function drawFlow(): string {
  const [width, height] = [880, 348];
  return renderSvg({
    width,
    height,
    title: "A job gets an ID token from GitLab, exchanges it at AWS STS, and hands the credentials on",
    style: STYLE,
    body: [
      `<defs>${HEAD}</defs>`,
      `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8" fill="#fff" stroke="#bfbfc3"/>`,
      ...BOXES.map(drawBox),
      ...ARROWS.map(drawArrow),
      `<text class="note" x="24" y="326">With web-identity the job deploy takes steps 1 to 3 by itself, and nothing is handed on.</text>`,
    ],
  });
}

function drawBox({ x, y, width, title, text, kind }: Box): string {
  const middle = x + width / 2;
  return [
    `<rect class="box ${kind}" x="${x}" y="${y}" width="${width}" height="${HEIGHT_OF_BOX}" rx="6"/>`,
    `<text class="title" x="${middle}" y="${y + 27}">${escapeXml(title)}</text>`,
    `<text x="${middle}" y="${y + 47}">${escapeXml(text)}</text>`,
  ].join("");
}

function drawArrow({ path, step, label, x, y, isDashed }: Arrow): string {
  const line = `<path class="arrow${isDashed ? " dashed" : ""}" d="${path}"/>`;
  const text = `<text x="${x}" y="${y}">${escapeXml(label)}</text>`;
  if (step === undefined) return line + text;
  const left = x - 18 - label.length * 3.4;
  return `${line}${text}<circle cx="${left}" cy="${y - 4.5}" r="9" fill="#1f75cb"/><text class="step" x="${left}" y="${y}">${step}</text>`;
}
