import { basename, delimiter, dirname, relative } from "node:path";
import {
  type Clock,
  type Environment,
  MAX_TEXT_BYTES,
  type Terminal,
  UnsuitableFileError,
} from "../foundation/ports.ts";
import { quoteForShell } from "../foundation/quote.ts";
import { decodeText } from "./files.ts";
import { readCheckout } from "./git.ts";
import { signUrl } from "./signed-url.ts";

/** As long as somebody may take who is asked for a second factor by the program that writes. */
const INPUT_LIMIT_MS = 600_000;

/** The process as a {@link Terminal}. */
export function createTerminal(clock: Pick<Clock, "limit">, env: Environment): Terminal {
  return {
    program: callOf(process.argv[1] ?? "", env),
    readCheckout: () => readCheckout(env),
    signUrl,
    async readInput() {
      if (process.stdin.isTTY) throw new UnsuitableFileError("a terminal");
      return decodeText(await clock.limit(INPUT_LIMIT_MS, readToEnd));
    },
  };
}

/** What calls the script again: its name where it lies on the path for good, which the folder of `npx` does not. */
function callOf(script: string, { PATH = "", npm_command: npmCommand }: Environment): string {
  const isOnPath = PATH.split(delimiter).includes(dirname(script)) && npmCommand !== "exec";
  return isOnPath ? basename(script) : `node ${quoteForShell(shortPath(script))}`;
}

/** From the working folder, unless the file lies elsewhere. */
function shortPath(path: string): string {
  const short = relative("", path);
  return short.startsWith("..") ? path : short;
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
