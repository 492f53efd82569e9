import type { Measurement } from "./measurements.ts";
import type { BenchBlock } from "./table.ts";

const WIDTH = 760;
const LABEL_WIDTH = 190;
const FIGURE_WIDTH = 130;
const ROW_HEIGHT = 24;
const TITLE_HEIGHT = 40;
/** A bar that would be longer is cut through. */
const LONGEST_RATIO = 4;

/** Around the whole, so that nothing touches the edge of its background. */
const MARGIN = 16;

/** Bars of the wall time as multiples of the floor's, a group for each block, on a background that fits every page. */
export function renderChart(blocks: readonly BenchBlock[], caption: string): string {
  const heights = blocks.map(({ measurements }) => TITLE_HEIGHT + measurements.length * ROW_HEIGHT);
  const tops = heights.map((_, index) => heights.slice(0, index).reduce((sum, height) => sum + height, 0));
  const total = heights.reduce((sum, height) => sum + height, 0) + TITLE_HEIGHT;
  const [width, height] = [WIDTH + 2 * MARGIN, total + 2 * MARGIN];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-MARGIN} ${-MARGIN} ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="${escapeXml(caption)}">`,
    "<style>text{fill:#24292f}.muted{fill:#656d76}.bar{fill:#8c959f}.ours{fill:#1f75cb}</style>",
    `<rect x="${-MARGIN}" y="${-MARGIN}" width="${width}" height="${height}" fill="#fff"/>`,
    ...blocks.flatMap((block, index) => renderBlock(block, tops[index] ?? 0)),
    `<text class="muted" x="0" y="${total - 12}" font-size="11">${escapeXml(caption)}</text>`,
    "</svg>",
    "",
  ].join("\n");
}

function renderBlock({ nodeVersion, route, measurements }: BenchBlock, top: number): readonly string[] {
  const title = `<text x="0" y="${top + 26}" font-weight="600">${escapeXml(`${route}, Node ${nodeVersion.split(".")[0]}`)}</text>`;
  return [
    title,
    ...measurements.map((measurement, row) => renderBar(measurement, top + TITLE_HEIGHT + row * ROW_HEIGHT)),
  ];
}

function renderBar({ subject, wallMs, wallRatio }: Measurement, top: number): string {
  const longest = WIDTH - LABEL_WIDTH - FIGURE_WIDTH;
  const length = (Math.min(wallRatio, LONGEST_RATIO) / LONGEST_RATIO) * longest;
  const middle = top + 12;
  const figure = `${wallRatio.toFixed(2)} × · ${wallMs.toFixed(0)} ms`;
  return [
    `<text x="${LABEL_WIDTH - 8}" y="${middle}" text-anchor="end">${escapeXml(subject)}</text>`,
    `<rect class="bar${subject.startsWith("ours") ? " ours" : ""}" x="${LABEL_WIDTH}" y="${top}" width="${length.toFixed(1)}" height="${ROW_HEIGHT - 8}" rx="2"/>`,
    wallRatio > LONGEST_RATIO
      ? `<path d="M${LABEL_WIDTH + length - 24} ${top - 2}l6 20h6l-6 -20z" fill="#fff"/>`
      : "",
    `<text class="muted" x="${(LABEL_WIDTH + length + 6).toFixed(1)}" y="${middle}">${figure}</text>`,
  ].join("");
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
