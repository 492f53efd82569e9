import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, type } from "node:os";
import { dirname, join } from "node:path";
import { renderChart } from "./chart.ts";
import { measureConfiguration } from "./configuration.ts";
import { measure, ROUTES } from "./measurements.ts";
import { type BenchOptions, HELP, parseBenchOptions } from "./options.ts";
import { prepareSubjects } from "./subjects.ts";
import { type BenchBlock, renderConfigurationSizes, renderTable } from "./table.ts";

const RESULTS = join(import.meta.dirname, "results");

async function main(argv: readonly string[]): Promise<void> {
  const options = parseBenchOptions(argv);
  if (options === "help") return console.log(HELP);
  const folder = mkdtempSync(join(tmpdir(), "bench-subjects-"));
  try {
    await report(await run(options, folder), options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run({ nodes, runs }: BenchOptions, folder: string): Promise<readonly BenchBlock[]> {
  const subjects = await prepareSubjects(folder);
  const blocks: BenchBlock[] = [];
  for (const node of nodes) {
    const nodeVersion = execFileSync(node, ["--version"], { encoding: "utf8" }).trim().replace(/^v/, "");
    for (const route of ROUTES) {
      const block = {
        nodeVersion,
        route: route.name,
        measurements: await measure(subjects, route, { node, runs }),
      };
      console.log(renderTable(block));
      blocks.push(block);
    }
  }
  return blocks;
}

async function report(blocks: readonly BenchBlock[], { image, runs }: BenchOptions): Promise<void> {
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${type()}`;
  const caption = `Wall time of whole processes, medians of ${runs} paired runs. ${machine}, ${date}.`;
  const firstNode = blocks.filter(({ nodeVersion }) => nodeVersion === blocks[0]?.nodeVersion);
  const configuration = measureConfiguration();
  console.log(renderConfigurationSizes(configuration));
  const results = { date, machine, runs, configuration, blocks };
  const files = new Map([
    [join(RESULTS, `${date}.json`), `${JSON.stringify(results, undefined, 2)}\n`],
    [join(RESULTS, `${date}.svg`), renderChart(blocks, caption)],
    ...(image === undefined ? [] : [[image, renderChart(firstNode, caption)] as const]),
  ]);
  for (const [file, text] of files) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(`written: ${file}`);
  }
}

await main(process.argv.slice(2));
