import type { Measurement } from "./measurements.ts";
import type { BenchBlock } from "./table.ts";

const WIDTH = 760;
const LABEL_WIDTH = 190;
const FIGURE_WIDTH = 130;
const ROW_HEIGHT = 24;
const TITLE_HEIGHT = 40;
/** A longer bar is broken, together with the axis above it. */
const LONGEST_RATIO = 4;
const LONGEST_BAR = WIDTH - LABEL_WIDTH - FIGURE_WIDTH;
/** Where bars and the axis are broken, from their start. */
const BREAK_AT = LONGEST_BAR - 24;

/** Around everything, so that nothing touches the edge of the background. */
const MARGIN = 16;

/** Bars of the wall time as multiples of the floor's, a group for each block, on a background that fits every page. */
export function renderChart(blocks: readonly BenchBlock[], caption: string): string {
  const heights = blocks.map(({ measurements }) => TITLE_HEIGHT + measurements.length * ROW_HEIGHT);
  const tops = heights.map((_, index) => heights.slice(0, index).reduce((sum, height) => sum + height, 0));
  const total = heights.reduce((sum, height) => sum + height, 0) + TITLE_HEIGHT + ROW_HEIGHT;
  const isBroken = blocks.some(({ measurements }) => measurements.some(isTooLong));
  const [width, height] = [WIDTH + 2 * MARGIN, total + 2 * MARGIN];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-MARGIN} ${-MARGIN} ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="${escapeXml(caption)}">`,
    "<style>text{fill:#24292f}.muted{fill:#656d76;paint-order:stroke;stroke:#fff;stroke-width:3px}.bar{fill:#8c959f}.ours{fill:#1f75cb}.axis{stroke:#d0d7de;fill:none}.break{stroke:#24292f;fill:none}</style>",
    `<rect x="${-MARGIN}" y="${-MARGIN}" width="${width}" height="${height}" fill="#fff"/>`,
    ...blocks.flatMap((block, index) => renderBlock(block, tops[index] ?? 0)),
    isBroken
      ? `<text class="muted" x="0" y="${total - 28}" font-size="11">A broken bar is longer than the axis; its figure gives the length.</text>`
      : "",
    `<text class="muted" x="0" y="${total - 12}" font-size="11">${escapeXml(caption)}</text>`,
    "</svg>",
    "",
  ].join("\n");
}

function renderBlock({ nodeVersion, route, measurements }: BenchBlock, top: number): readonly string[] {
  const title = `<text x="0" y="${top + 26}" font-weight="600">${escapeXml(`${route}, Node ${nodeVersion.split(".")[0]}`)}</text>`;
  const bottom = top + TITLE_HEIGHT + measurements.length * ROW_HEIGHT - 8;
  return [
    title,
    renderAxis(top + 32, bottom, measurements.some(isTooLong)),
    ...measurements.map((measurement, row) => renderBar(measurement, top + TITLE_HEIGHT + row * ROW_HEIGHT)),
  ];
}

function isTooLong({ wallRatio }: Measurement): boolean {
  return wallRatio > LONGEST_RATIO;
}

/** Multiples of the floor, with a line down through the bars for each. */
function renderAxis(top: number, bottom: number, isBroken: boolean): string {
  const marks = Array.from({ length: LONGEST_RATIO }, (_, multiple) => {
    const x = LABEL_WIDTH + (multiple / LONGEST_RATIO) * LONGEST_BAR;
    const grid = `<path class="axis" d="M${x} ${top}V${bottom}"/>`;
    // The title is above the first.
    return multiple === 0
      ? grid
      : `${grid}<text class="muted" x="${x}" y="${top - 4}" font-size="11" text-anchor="middle">${multiple} ×</text>`;
  });
  const line = `<path class="axis" d="M${LABEL_WIDTH} ${top}h${LONGEST_BAR}"/>`;
  return line + marks.join("") + (isBroken ? renderBreak(top - 5, 10) : "");
}

/** Two strokes with a gap between them. */
function renderBreak(top: number, height: number): string {
  const x = LABEL_WIDTH + BREAK_AT;
  const slant = height / 3;
  return (
    `<path d="M${x} ${top}l${slant.toFixed(1)} ${height}h6l${-slant.toFixed(1)} ${-height}z" fill="#fff"/>` +
    `<path class="break" d="M${x} ${top}l${slant.toFixed(1)} ${height}m6 0l${-slant.toFixed(1)} ${-height}"/>`
  );
}

function renderBar(measurement: Measurement, top: number): string {
  const { subject, wallMs, wallRatio } = measurement;
  const length = (Math.min(wallRatio, LONGEST_RATIO) / LONGEST_RATIO) * LONGEST_BAR;
  const middle = top + 12;
  const figure = `${wallRatio.toFixed(2)} × · ${wallMs.toFixed(0)} ms`;
  return [
    `<text x="${LABEL_WIDTH - 8}" y="${middle}" text-anchor="end">${escapeXml(subject)}</text>`,
    `<rect class="bar${subject.startsWith("ours") ? " ours" : ""}" x="${LABEL_WIDTH}" y="${top}" width="${length.toFixed(1)}" height="${ROW_HEIGHT - 8}" rx="2"/>`,
    isTooLong(measurement) ? renderBreak(top - 2, ROW_HEIGHT - 4) : "",
    `<text class="muted" x="${(LABEL_WIDTH + length + 6).toFixed(1)}" y="${middle}">${figure}</text>`,
  ].join("");
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
