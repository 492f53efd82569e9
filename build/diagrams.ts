type Kind = "gitlab" | "job" | "aws";

interface Box {
  readonly kind: Kind;
  /** Left, top, width and height. */
  readonly at: readonly [x: number, y: number, width: number, height: number];
  readonly title: string;
  readonly lines: readonly string[];
}

interface Arrow {
  /** SVG path data. */
  readonly path: string;
  readonly label: string;
  /** The middle of the label, on its baseline. */
  readonly labelAt: readonly [x: number, y: number];
  readonly step?: number;
  readonly isDashed?: true;
}

interface Diagram {
  readonly title: string;
  readonly size: readonly [width: number, height: number];
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
  readonly note: string;
}

const FLOW: Diagram = {
  title: "A job gets an ID token from GitLab, exchanges it at AWS STS, and passes the credentials on",
  size: [920, 384],
  boxes: [
    {
      kind: "gitlab",
      at: [24, 72, 200, 84],
      title: "GitLab",
      lines: ["GitLab.com, Dedicated,", "self-managed 17.0 or later"],
    },
    {
      kind: "job",
      at: [350, 72, 220, 84],
      title: "job assume-role",
      lines: ["any runner with a POSIX shell,", "any image with Node 20 or later"],
    },
    {
      kind: "aws",
      at: [696, 72, 200, 84],
      title: "AWS STS",
      lines: ["checks the trust policy;", "every AWS partition"],
    },
    {
      kind: "job",
      at: [350, 244, 220, 84],
      title: "job deploy",
      lines: ["any image: AWS CLI, SDKs,", "Terraform, CDK, Docker, …"],
    },
    { kind: "aws", at: [696, 244, 200, 84], title: "AWS", lines: ["S3, ECR, Lambda, EKS, …"] },
  ],
  arrows: [
    { path: "M224 114H349", label: "ID token", labelAt: [295, 103], step: 1 },
    { path: "M570 100H695", label: "ID token", labelAt: [641, 89], step: 2 },
    {
      path: "M796 72C796 20 124 20 124 71",
      label: "fetches the public keys",
      labelAt: [460, 24],
      isDashed: true,
    },
    { path: "M696 128H571", label: "credentials", labelAt: [646, 147], step: 3 },
    { path: "M460 156V243", label: "dotenv report, kept by GitLab", labelAt: [592, 204], step: 4 },
    { path: "M570 286H695", label: "acts as the role", labelAt: [632, 276] },
  ],
  note: "With web-identity, the job deploy takes steps 1 to 3 itself and passes nothing on.",
};

const ASSUME_ROLE: Diagram = {
  title: "assume-role: one job exchanges its ID token, and several jobs get the credentials",
  size: [760, 196],
  boxes: [
    { kind: "aws", at: [24, 42, 150, 84], title: "AWS STS", lines: ["asked once"] },
    { kind: "job", at: [300, 42, 170, 84], title: "job assume-role", lines: ["exchanges the token"] },
    { kind: "job", at: [596, 16, 140, 40], title: "job deploy", lines: [] },
    { kind: "job", at: [596, 64, 140, 40], title: "job migrate", lines: [] },
    { kind: "job", at: [596, 112, 140, 40], title: "job invalidate", lines: [] },
  ],
  arrows: [
    { path: "M300 70H175", label: "ID token", labelAt: [237, 62] },
    { path: "M174 98H299", label: "credentials", labelAt: [237, 116] },
    { path: "M470 84C530 84 540 36 595 36", label: "", labelAt: [0, 0] },
    { path: "M470 84H595", label: "", labelAt: [0, 0] },
    { path: "M470 84C530 84 540 132 595 132", label: "dotenv report", labelAt: [514, 148] },
  ],
  note: "Later jobs need no ID token and no Node: any image will do.",
};

const WEB_IDENTITY: Diagram = {
  title: "web-identity: the job's own AWS tool exchanges the ID token and renews the credentials",
  size: [760, 196],
  boxes: [
    { kind: "gitlab", at: [24, 42, 150, 84], title: "GitLab", lines: ["signs the ID token"] },
    {
      kind: "job",
      at: [300, 42, 190, 84],
      title: "job deploy",
      lines: ["its AWS CLI, SDK", "or Terraform asks"],
    },
    { kind: "aws", at: [596, 42, 140, 84], title: "AWS STS", lines: ["asked again", "every hour"] },
  ],
  arrows: [
    { path: "M174 84H299", label: "ID token", labelAt: [237, 74] },
    { path: "M490 70H595", label: "ID token", labelAt: [542, 62] },
    { path: "M596 98H491", label: "credentials", labelAt: [543, 116] },
  ],
  note: "The credentials never leave the job, and last as long as its timeout.",
};

const DOCTOR: Diagram = {
  title: "doctor: a job that you start by hand checks every step and says what is wrong",
  size: [760, 196],
  boxes: [
    { kind: "gitlab", at: [24, 16, 170, 56], title: "GitLab", lines: ["ID token, public keys"] },
    { kind: "aws", at: [24, 96, 170, 56], title: "AWS", lines: ["trust policy, STS"] },
    {
      kind: "job",
      at: [320, 42, 180, 84],
      title: "job aws-oidc-doctor",
      lines: ["started by hand,", "or on a laptop"],
    },
    { kind: "job", at: [596, 42, 140, 84], title: "Verdict", lines: ["what differs,", "how to fix it"] },
  ],
  arrows: [
    { path: "M320 70C270 70 260 44 195 44", label: "asks", labelAt: [262, 44] },
    { path: "M320 98C270 98 260 124 195 124", label: "asks", labelAt: [262, 132] },
    { path: "M500 84H595", label: "explains", labelAt: [547, 74] },
  ],
  note: "It changes nothing and never prints the token.",
};

const DIAGRAMS: Readonly<Record<string, Diagram>> = {
  "docs/images/flow.svg": FLOW,
  "docs/images/assume-role.svg": ASSUME_ROLE,
  "docs/images/web-identity.svg": WEB_IDENTITY,
  "docs/images/doctor.svg": DOCTOR,
};

const STYLE = `<style>
text { font-family: system-ui, "Segoe UI", "DejaVu Sans", sans-serif; font-size: 13px; fill: #333238; text-anchor: middle }
.title { font-weight: 700; font-size: 14px }
.step { font-weight: 700; fill: #fff }
.note { fill: #626168; text-anchor: start }
.box { stroke-width: 1.5 }
.gitlab { fill: #fdf1dd; stroke: #c17d10 }
.job { fill: #e9f3fc; stroke: #1f75cb }
.aws { fill: #ecf4ee; stroke: #2da160 }
.arrow { fill: none; stroke: #626168; stroke-width: 1.5; marker-end: url(#head) }
.dashed { stroke-dasharray: 5 4 }
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8Z" fill="#626168"/></marker></defs>`;

/**
 * Draws the diagrams of the documentation, on their own light card, whatever the theme of the page.
 *
 * @returns pictures by their path below the root
 */
export function drawDiagrams(): ReadonlyMap<string, string> {
  return new Map(Object.entries(DIAGRAMS).map(([path, diagram]) => [path, drawDiagram(diagram)] as const));
}

function drawDiagram({ title, size: [width, height], boxes, arrows, note }: Diagram): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${title}</title>`,
    STYLE,
    `<rect x="0" y="0" width="${width}" height="${height}" fill="#fff"/>`,
    ...boxes.map(drawBox),
    ...arrows.map(drawArrow),
    `<text class="note" x="24" y="${height - 20}">${note}</text>`,
    "</svg>",
    "",
  ].join("\n");
}

const LINE_HEIGHT = 19;

function drawBox({ kind, at: [x, y, width, height], title, lines }: Box): string {
  const middle = x + width / 2;
  const first = y + height / 2 + 5 - (lines.length * LINE_HEIGHT) / 2;
  const texts = lines.map(
    (line, index) => `<text x="${middle}" y="${first + (index + 1) * LINE_HEIGHT}">${line}</text>`,
  );
  return (
    `<rect class="box ${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>` +
    `<text class="title" x="${middle}" y="${first}">${title}</text>${texts.join("")}`
  );
}

/** Almost half the width of a letter. */
const HALF_LETTER = 3.3;

function drawArrow({ path, label, labelAt: [x, y], step, isDashed }: Arrow): string {
  const circle = x - label.length * HALF_LETTER - 20;
  return [
    `<path class="arrow${isDashed ? " dashed" : ""}" d="${path}"/>`,
    label === "" ? "" : `<text x="${x}" y="${y}">${label}</text>`,
    step === undefined
      ? ""
      : `<circle cx="${circle.toFixed(1)}" cy="${y - 4.5}" r="9" fill="#1f75cb"/><text class="step" x="${circle.toFixed(1)}" y="${y}">${step}</text>`,
  ].join("");
}
