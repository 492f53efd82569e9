import { closeSync, openSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { AwsOidcError } from "../foundation/errors.ts";
import {
  type Clock,
  type Files,
  type Host,
  MAX_TEXT_BYTES,
  type StopSignal,
  TimeLimitError,
} from "../foundation/ports.ts";
import { readRegularFile } from "./files.ts";

/** The process as a {@link Host}. SIGTERM and SIGINT end every wait. */
export function createNodeHost(): Host {
  const clock = createClock(cancellation());
  return {
    env: process.env,
    clock,
    random: Math.random,
    files,
    openTerminal: async () => (await import("./terminal.ts")).createTerminal(clock, process.env),
    out: (text) => write(process.stdout, text),
    err: (text) => write(process.stderr, text),
  };
}

/**
 * The first access to a stream of the process creates it, which takes half a millisecond: most runs need one of the
 * two.
 */
function write(stream: NodeJS.WriteStream, text: string): void {
  if (stream.listenerCount("error", ignoreError) === 0) stream.on("error", ignoreError);
  stream.write(text);
}

/** A log that nobody reads any more is no reason to fail or to print a stack trace. */
function ignoreError(): void {}

/** Aborts when the job is cancelled, with the signal's name as the reason. */
function cancellation(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => controller.abort(signal));
  return controller.signal;
}

function createClock(cancelled: AbortSignal): Clock {
  async function limit<T>(ms: number, work: (signal: StopSignal) => Promise<T>): Promise<T> {
    if (cancelled.aborted) throw cancelledError(cancelled);
    const stopper = new AbortController();
    const stopped = new Promise<never>((_, reject) => {
      stopper.signal.addEventListener("abort", () => reject(stopper.signal.reason));
    });
    const onCancel = (): void => stopper.abort(cancelledError(cancelled));
    const timer = setTimeout(() => stopper.abort(new TimeLimitError(ms)), ms);
    cancelled.addEventListener("abort", onCancel);
    try {
      return await Promise.race([stopped, work(stopper.signal)]);
    } finally {
      clearTimeout(timer);
      cancelled.removeEventListener("abort", onCancel);
    }
  }
  return {
    now: () => new Date(),
    // Not `performance.now()`, which takes Node a millisecond to load.
    elapsedMs: () => process.uptime() * 1000,
    sleep: (ms) =>
      limit(ms, () => new Promise<void>(() => {})).catch((error: unknown) => {
        if (!(error instanceof TimeLimitError)) throw error;
      }),
    limit,
  };
}

function cancelledError(cancelled: AbortSignal): AwsOidcError {
  return new AwsOidcError("CANCELLED", `cancelled (${String(cancelled.reason)})`, {
    hint: "No report is left. The job was cancelled or reached its `timeout`: its page says which. Run it again if that was not intended.",
    cause: cancelled.reason,
  });
}

const files: Files = {
  remove(path) {
    for (const file of [path, temporaryName(path)]) removeFile(file);
  },
  readText: (path) => readRegularFile(path, MAX_TEXT_BYTES),
  writeWhole(path, contents, mode) {
    const temporary = temporaryName(path);
    const descriptor = openSync(temporary, "wx", mode);
    try {
      try {
        writeFileSync(descriptor, contents);
      } finally {
        closeSync(descriptor);
      }
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  },
};

/** Fixed, so that the next run and the job's shell script can find and remove what a killed process left. */
function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.tmp`);
}

function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
