import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { WorldOptions } from "./world.ts";
import { parseWorldFile, type WorldFile } from "./world-file.ts";

const OPTIONS = {
  port: { type: "string" },
  "issuer-port": { type: "string" },
  host: { type: "string" },
  tls: { type: "boolean" },
  iss: { type: "string" },
  world: { type: "string" },
  "write-env": { type: "string" },
  help: { type: "boolean" },
} as const;

/** A mistake in the arguments: exit code 2. */
export class UsageError extends Error {}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Takes apart what stands behind `npm run stand-ins --`.
 *
 * @throws {@link UsageError}
 */
export function parseArguments(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

/** By the names of the options; those that were not given are absent. */
export type Arguments = ReturnType<typeof parseArguments>;

function parsePort(name: "port" | "issuer-port", values: Arguments): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new UsageError(`"--${name}" must be a whole number from 0 to 65535, got "${text}"`);
  }
  return port;
}

function parseIss(text: string | undefined): string | undefined {
  if (text !== undefined && !/^https?:\/\/[\w.:/-]+$/.test(text)) {
    throw new UsageError(`"--iss" must be a URL without a query, got "${text}"`);
  }
  return text;
}

async function readWorld(file: string | undefined): Promise<WorldFile | undefined> {
  if (file === undefined) return undefined;
  try {
    return parseWorldFile(await readFile(file, "utf8"));
  } catch (error) {
    throw new UsageError(`"--world": cannot use ${file}: ${messageOf(error)}`);
  }
}

/**
 * Makes the options of the world that they describe.
 *
 * @throws {@link UsageError}
 */
export async function worldOptionsOf(values: Arguments): Promise<WorldOptions> {
  const world = await readWorld(values.world);
  const iss = parseIss(values.iss) ?? world?.iss;
  const { host } = values;
  return {
    ...(iss !== undefined && { iss }),
    ...(world && { world }),
    ...(values.tls && { tls: true }),
    sts: { host, port: parsePort("port", values) },
    issuer: { host, port: parsePort("issuer-port", values) },
  };
}
