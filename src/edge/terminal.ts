import { realpathSync } from "node:fs";
import { basename, delimiter, dirname, join, relative } from "node:path";
import {
  type Clock,
  type Environment,
  MAX_TEXT_BYTES,
  type Terminal,
  UnsuitableFileError,
} from "../foundation/ports.ts";
import { quoteForShell } from "../foundation/quote.ts";
import { decodeText, readExactText } from "./files.ts";
import { readCheckout } from "./git.ts";
import { signUrl } from "./signed-url.ts";

/** Long enough for someone to enter a second factor that the writing program asks for. */
const INPUT_LIMIT_MS = 600_000;

/** @see https://docs.gitlab.com/administration/instance_limits/#maximum-size-and-depth-of-cicd-configuration-yaml-files */
const MAX_SOURCE_BYTES = 2 * 1024 * 1024;

/** The process as a {@link Terminal}. */
export function createTerminal(clock: Pick<Clock, "limit">, env: Environment): Terminal {
  return {
    program: callOf(process.argv[1] ?? "", env),
    readCheckout: () => readCheckout(env),
    signUrl,
    openWorkbench: async () => (await import("./sandbox/workbench.ts")).createWorkbench(env),
    readSource: (path) => readExactText(path, MAX_SOURCE_BYTES),
    shortPath,
    async readInput() {
      if (process.stdin.isTTY) throw new UnsuitableFileError("a terminal");
      return decodeText(await clock.limit(INPUT_LIMIT_MS, readToEnd));
    },
  };
}

/** The words that call the script again: its name if it is on the path for good, which the folder of `npx` is not. */
function callOf(script: string, { PATH = "", npm_command: npmCommand }: Environment): string {
  const isOnPath = PATH.split(delimiter).includes(dirname(script)) && npmCommand !== "exec";
  return isOnPath ? basename(script) : `node ${quoteForShell(shortPath(script))}`;
}

/** The working folder is known without symbolic links, so that the file's has to be as well. */
function shortPath(path: string): string {
  const short = relative("", join(realFolder(dirname(path)), basename(path)));
  return short === "" || short.startsWith("..") ? path : short;
}

function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

async function readToEnd(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_TEXT_BYTES) throw new UnsuitableFileError(`more than ${MAX_TEXT_BYTES / 1024} KiB`);
  }
  return Buffer.concat(chunks);
}
