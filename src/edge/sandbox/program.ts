import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { AwsOidcError } from "../../foundation/errors.ts";
import { platformCode } from "../../foundation/platform-message.ts";

/** Signals that end a program. */
const END_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** The signals that tell this process to end. */
export interface EndWatch {
  /** The first of them, once it is there. */
  readonly signal: () => NodeJS.Signals | undefined;
  readonly ended: Promise<void>;
}

/** Takes these signals from now on, so that none ends the process before it has cleaned up. */
export function watchForEnd(): EndWatch {
  const come: NodeJS.Signals[] = [];
  const ended = new Promise<void>((resolve) => {
    for (const signal of END_SIGNALS) {
      process.on(signal, () => {
        come.push(signal);
        resolve();
      });
    }
  });
  return { signal: () => come[0], ended };
}

/** As a shell reports it. */
export function exitCodeFor(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** How long a program has to end when it is asked to. */
const GRACE_MS = 10_000;

/**
 * Runs a program in its own process group, so that none of its processes is left when it ends. It gets the signals that
 * this process gets; a second one ends it at once.
 *
 * @returns its exit code; 128 and the signal's number, if one ended it
 * @throws {AwsOidcError} `CONFIG_INVALID` when it cannot be started
 */
export async function runProgram(
  [command = "", ...argv]: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const child = spawn(command, argv, { stdio: "inherit", env, detached: true });
  const stopForwarding = forwardSignals(child);
  try {
    return await exitCodeOf(child, command);
  } finally {
    stopForwarding();
    signalGroup(child, "SIGKILL");
  }
}

function exitCodeOf(child: ChildProcess, command: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => {
      reject(
        new AwsOidcError("CONFIG_INVALID", `${command} cannot be started (${platformCode(error)})`, {
          hint: "Install it, or write its path after the --.",
          cause: error,
        }),
      );
    });
    child.once("exit", (exitCode, signal) => {
      resolve(exitCode ?? (signal === null ? 128 : exitCodeFor(signal)));
    });
  });
}

/** @returns a function that ends it */
function forwardSignals(child: ChildProcess): () => void {
  const timers: NodeJS.Timeout[] = [];
  const forward = (signal: NodeJS.Signals): void => {
    // On SIGQUIT, programs end at once and leave their containers.
    const gentle = signal === "SIGQUIT" ? "SIGTERM" : signal;
    signalGroup(child, timers.length === 0 ? gentle : "SIGKILL");
    timers.push(setTimeout(() => signalGroup(child, "SIGKILL"), GRACE_MS));
  };
  for (const signal of END_SIGNALS) process.on(signal, forward);
  return () => {
    for (const signal of END_SIGNALS) process.off(signal, forward);
    for (const timer of timers) clearTimeout(timer);
  };
}

/** Its processes; there may be none left, or none ever. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // They have ended.
  }
}
