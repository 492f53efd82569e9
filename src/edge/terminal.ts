import { relative } from "node:path";
import { type Clock, MAX_TEXT_BYTES, type Terminal, UnsuitableFileError } from "../foundation/ports.ts";
import { quoteForShell } from "../foundation/quote.ts";
import { decodeText, readExactText } from "./files.ts";
import { signUrl } from "./signed-url.ts";

/** As long as somebody may take who is asked for a second factor by the program that writes. */
const INPUT_LIMIT_MS = 600_000;

/** @see https://docs.gitlab.com/administration/instance_limits/#maximum-size-and-depth-of-cicd-configuration-yaml-files */
const MAX_SOURCE_BYTES = 2 * 1024 * 1024;

/** The process as a {@link Terminal}. */
export function createTerminal(clock: Pick<Clock, "limit">): Terminal {
  return {
    program: `node ${quoteForShell(shortPath(process.argv[1] ?? ""))}`,
    signUrl,
    readSource: (path) => readExactText(path, MAX_SOURCE_BYTES),
    async readInput() {
      if (process.stdin.isTTY) throw new UnsuitableFileError("a terminal");
      return decodeText(await clock.limit(INPUT_LIMIT_MS, readToEnd));
    },
  };
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
