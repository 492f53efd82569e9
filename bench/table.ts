import type { Measurement } from "./measurements.ts";

/** How much a pipeline's configuration grows. */
export interface ConfigurationSize {
  readonly component: string;
  /** Bytes of YAML that an include adds: the template without its inputs, and the script that it carries. */
  readonly includedBytes: number;
}

/** What one Node did on one route. */
export interface BenchBlock {
  readonly nodeVersion: string;
  readonly route: string;
  readonly measurements: readonly Measurement[];
}

const MEBIBYTE = 1024 * 1024;

const COLUMNS: readonly (readonly [title: string, cell: (measurement: Measurement) => string])[] = [
  ["", ({ subject }) => subject],
  ["wall ms", ({ wallMs }) => wallMs.toFixed(0)],
  ["× floor", ({ wallRatio }) => wallRatio.toFixed(2)],
  ["ours ÷ it", ({ deliveredRatio }) => deliveredRatio.toFixed(2)],
  ["CPU ms", ({ cpuMs }) => cpuMs.toFixed(0)],
  ["peak MiB", ({ peakBytes }) => (peakBytes / MEBIBYTE).toFixed(1)],
  ["connections", ({ connections }) => String(connections)],
  ["requests", ({ requests }) => String(requests)],
];

/** A heading and a Markdown table, aligned so that its source is readable. */
export function renderTable({ nodeVersion, route, measurements }: BenchBlock): string {
  const rows = [
    COLUMNS.map(([title]) => title),
    ...measurements.map((measurement) => COLUMNS.map(([, cell]) => cell(measurement))),
  ];
  const runs = measurements[0]?.runs ?? 0;
  return `Node ${nodeVersion}, ${route}, ${runs} runs each\n\n${align(rows)}`;
}

export function renderConfigurationSizes(sizes: readonly ConfigurationSize[]): string {
  const rows = sizes.map(({ component, includedBytes }) => [component, String(includedBytes)]);
  return `Growth of a pipeline's configuration\n\n${align([["", "bytes per include"], ...rows])}`;
}

function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map(
    (row) => `| ${row.map((text, column) => pad(text, column, widths[column] ?? 0)).join(" | ")} |`,
  );
  const rule = `|${widths.map((width, column) => (column === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [lines[0], rule, ...lines.slice(1), ""].join("\n");
}

function pad(text: string, column: number, width: number): string {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}
