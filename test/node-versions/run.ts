/**
 * Runs the exchange on every supported version of Node, over HTTPS against the stand-in STS: from the file, and as a
 * pipeline delivers it, through a shell. The versions come as locked packages.
 */
import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { startWorld, type World } from "../fakes/world.ts";
import { findSecrets } from "../harness/secret-search.ts";

const packages = join(import.meta.dirname, "packages");
const dist = join(import.meta.dirname, "../../dist");
const lockfile = join(packages, "package-lock.json");
const installed = join(packages, "node_modules/.installed-package-lock.json");

interface Version {
  readonly version: string;
  readonly binFolder: string;
}

interface Delivery {
  readonly name: string;
  readonly command: (version: Version) => readonly [string, ...string[]];
}

function installVersions(): readonly Version[] {
  if (!existsSync(installed) || readFileSync(installed, "utf8") !== readFileSync(lockfile, "utf8")) {
    execFileSync("npm", ["ci", "--loglevel=error"], { cwd: packages, stdio: "inherit" });
    cpSync(lockfile, installed);
  }
  return readdirSync(join(packages, "node_modules"))
    .filter((name) => name.startsWith("node-"))
    .sort()
    .map((name) => {
      const binFolder = join(packages, "node_modules", name, "bin");
      return {
        binFolder,
        version: execFileSync(join(binFolder, "node"), ["--version"], { encoding: "utf8" }).trim(),
      };
    });
}

function deliveries(): readonly Delivery[] {
  const [job] = Object.values(parse(readFileSync(join(dist, "runtime.yml"), "utf8"))) as [
    { script: [string] },
  ];
  return [
    {
      name: "file",
      command: ({ binFolder }) => [join(binFolder, "node"), join(dist, "aws-oidc.cjs"), "assume-role"],
    },
    { name: "pipeline", command: () => ["sh", "-ec", job.script[0]] },
  ];
}

async function runOnce(world: World, version: Version, delivery: Delivery): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "aws-oidc-node-"));
  const job = world.environment();
  try {
    const [program, ...args] = delivery.command(version);
    const output = await new Promise<string>((resolve, reject) => {
      const env = {
        ...job,
        PATH: `${version.binFolder}:${process.env.PATH}`,
        NO_COLOR: "1",
      };
      execFile(program, args, { cwd: folder, env, timeout: 60_000 }, (error, stdout, stderr) =>
        error === null ? resolve(stdout + stderr) : reject(new Error(`${error.message}\n${stdout}${stderr}`)),
      );
    });
    const report = readFileSync(join(folder, "aws-oidc-31337.env"), "utf8");
    if (!report.includes("AWS_SESSION_TOKEN="))
      throw new Error(`the report lacks the session token\n${output}`);
    const printed = findSecrets(output, [job.GITLAB_OIDC_TOKEN ?? "", ...world.sts.secretsIssued()]);
    if (printed.length > 0) throw new Error(`secrets were printed: ${printed.join("; ")}`);
    return output.split("\n")[0] ?? "";
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const versions = installVersions();
const world = await startWorld({ tls: true });
const failures: string[] = [];
let passed = 0;
for (const version of versions) {
  for (const delivery of deliveries()) {
    const label = `Node ${version.version} ${delivery.name}`;
    try {
      console.log(`${label.padEnd(24)} ${await runOnce(world, version, delivery)}`);
      passed += 1;
    } catch (error) {
      failures.push(label);
      console.error(`${label.padEnd(24)} ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
await world.close();
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;
