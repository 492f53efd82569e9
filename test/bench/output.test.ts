import { statSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { renderChart } from "../../bench/chart.ts";
import { measureConfiguration } from "../../bench/configuration.ts";
import { parseBenchOptions } from "../../bench/options.ts";
import { type BenchBlock, renderConfigurationSizes, renderTable } from "../../bench/table.ts";

const BLOCK: BenchBlock = {
  nodeVersion: "24.21.0",
  route: "https",
  measurements: [
    {
      subject: "floor",
      runs: 25,
      wallMs: 80,
      wallRatio: 1,
      deliveredRatio: 1.5,
      cpuMs: 70,
      peakBytes: 55_574_528,
      connections: 1,
      requests: 2,
    },
    {
      subject: "AWS CLI 2",
      runs: 25,
      wallMs: 1200.4,
      wallRatio: 15.004,
      deliveredRatio: 0.1,
      cpuMs: 1100,
      peakBytes: 59_768_832,
      connections: 2,
      requests: 2,
    },
  ],
};

describe("the table", () => {
  it("is Markdown, aligned to be read as it is", () => {
    expect(renderTable(BLOCK)).toMatchInlineSnapshot(`
      "Node 24.21.0, https, 25 runs each

      |           | wall ms | × floor | ours ÷ it | CPU ms | peak MiB | connections | requests |
      |-----------|--------:|--------:|----------:|-------:|---------:|------------:|---------:|
      | floor     |      80 |    1.00 |      1.50 |     70 |     53.0 |           1 |        2 |
      | AWS CLI 2 |    1200 |   15.00 |      0.10 |   1100 |     57.0 |           2 |        2 |
      "
    `);
  });
});

it("tells what a pipeline's configuration grows by: the template without its inputs, and what it includes", () => {
  const sizes = measureConfiguration();
  const runtime = statSync(join(import.meta.dirname, "../../dist/runtime.yml")).size;
  const assumeRole = sizes.find(({ component }) => component === "assume-role")?.includedBytes ?? 0;
  expect(assumeRole).toBeGreaterThan(runtime + 1000);
  expect(assumeRole).toBeLessThan(
    runtime + statSync(join(import.meta.dirname, "../../templates/assume-role.yml")).size,
  );
  expect(renderConfigurationSizes([{ component: "doctor", includedBytes: 120_000 }])).toMatchInlineSnapshot(`
    "Growth of a pipeline's configuration

    |        | bytes per include |
    |--------|------------------:|
    | doctor |            120000 |
    "
  `);
});

describe("the chart", () => {
  it("shows each subject with its figures, and marks a bar that is broken, and the axis above it", () => {
    const chart = renderChart([BLOCK], "a < b & c");
    const widths = [...chart.matchAll(/<rect class="bar[^>]* width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    expect(widths).toEqual([110, 440]);
    const [before = "", broken = ""] = chart.split('width="440.0"');
    const breaks = (text: string): number => text.split('class="break"').length - 1;
    expect([breaks(before), breaks(broken)]).toEqual([1, 1]);
    expect(chart).toContain("A broken bar is longer than the axis");
    expect([...chart.matchAll(/>(\d) ×</g)].map(([, multiple]) => multiple)).toEqual(["1", "2", "3"]);
    expect(chart).toContain("15.00 × · 1200 ms");
    expect(chart).toContain('aria-label="a &lt; b &amp; c"');
  });

  it("breaks nothing that fits", () => {
    const measurements = BLOCK.measurements.filter(({ wallRatio }) => wallRatio <= 4);
    const chart = renderChart([{ ...BLOCK, measurements }], "");
    expect(chart).not.toContain('class="break"');
    expect(chart).not.toContain("broken");
  });
});

describe("the options", () => {
  it("have defaults that are enough to compare by", () => {
    expect(parseBenchOptions([])).toEqual({ runs: 25, nodes: [process.execPath], image: undefined });
  });

  it("take several versions of Node, fewer runs, and a picture for the docs", () => {
    const relativePath = relative("", process.execPath);
    const argv = ["--quick", "--node", process.execPath, "--node", relativePath, "--image", "c.svg"];
    expect(parseBenchOptions(argv)).toEqual({
      runs: 5,
      nodes: [process.execPath, process.execPath],
      image: "c.svg",
    });
  });

  it("name a Node that is not there", () => {
    expect(() => parseBenchOptions(["--node", "/no/such/node"])).toThrow(
      '"--node": /no/such/node does not exist',
    );
  });

  it.each(["0", "-3", "many", "2.5"])("refuse --runs=%s", (runs) => {
    expect(() => parseBenchOptions([`--runs=${runs}`])).toThrow(
      `"--runs" must be a whole number from 1, got "${runs}"`,
    );
  });
});
