import { rm, writeFile } from "node:fs/promises";
import {
  type Arguments,
  messageOf,
  parseArguments,
  UsageError,
  worldOptionsOf,
} from "./stand-ins-arguments.ts";
import { DEFAULT_ISS, startWorld, type World } from "./world.ts";

const HELP = `Starts a GitLab ID token issuer and an AWS STS on this machine, until interrupted.

usage: npm run stand-ins -- [options]

  --port <n>          port of STS (default: a free one)
  --issuer-port <n>   port of the issuer (default: a free one)
  --host <address>    address to listen on (default: 127.0.0.1)
  --tls               STS over HTTPS, with a certificate made for this run
  --iss <url>         URL of the GitLab instance (default: ${DEFAULT_ISS})
  --world <file>      accounts, OIDC providers and roles as JSON (default: a small world)
  --write-env <file>  writes the environment of a CI job, with an ID token, to this file (mode 0600)
  --help              shows this text
`;

/** Replaces the file, so that nobody else's permissions survive on it. */
async function writeEnvironment(file: string, variables: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  try {
    await rm(file, { force: true });
    await writeFile(file, lines.join(""), { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw new UsageError(`"--write-env": cannot write ${file}: ${messageOf(error)}`);
  }
}

function describe(world: World, environmentFile: string | undefined): string {
  const lines = [
    `issuer       ${world.issuer.url}  (iss ${world.issuer.iss})`,
    `STS          ${world.sts.url}`,
    ...(world.authorityFile === undefined ? [] : [`CA           ${world.authorityFile}`]),
    ...(environmentFile === undefined ? [] : [`environment  ${environmentFile}`]),
    "Stop with Ctrl+C.",
  ];
  return `${lines.join("\n")}\n`;
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
}

async function serve(values: Arguments): Promise<void> {
  const end = interrupted();
  const world = await startWorld(await worldOptionsOf(values));
  try {
    const environmentFile = values["write-env"];
    if (environmentFile !== undefined) await writeEnvironment(environmentFile, world.environment());
    process.stdout.write(describe(world, environmentFile));
    await end;
  } finally {
    await world.close();
  }
}

async function main(argv: readonly string[]): Promise<void> {
  const values = parseArguments(argv);
  if (values.help) process.stdout.write(HELP);
  else await serve(values);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`stand-ins: ${messageOf(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
