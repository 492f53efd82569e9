import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { AwsOidcError } from "../../foundation/errors.ts";
import { platformCode } from "../../foundation/platform-message.ts";

/** Signals that end a program. */
const END_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Whether this process has been told to end. */
export interface End {
  /** The first such signal, once there is one. */
  readonly signalled: Promise<NodeJS.Signals>;
  /** The same, as far as it is known. */
  readonly signal: () => NodeJS.Signals | undefined;
}

/** Notes the first signal that tells this process to end, from now on. */
export function listenForEnd(): End {
  let first: NodeJS.Signals | undefined;
  const signalled = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of END_SIGNALS) {
      process.once(signal, () => {
        first ??= signal;
        resolve(first);
      });
    }
  });
  return { signalled, signal: () => first };
}

/** How long a program has to end when it is asked to. */
const GRACE_MS = 10_000;

/**
 * Runs a program in its own process group, so that none of its processes is left when it ends. It gets the signals that
 * this process gets; a second one ends it at once. It is not started if there has been one already.
 *
 * @returns its exit code; 128 and the signal's number, if one ended it
 * @throws {AwsOidcError} `CONFIG_INVALID` when it cannot be started
 */
export async function runProgram(
  [command = "", ...argv]: readonly string[],
  env: Readonly<Record<string, string>>,
  end: End,
): Promise<number> {
  const early = end.signal();
  if (early !== undefined) return 128 + constants.signals[early];
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
      resolve(exitCode ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/** @returns a function that ends it */
function forwardSignals(child: ChildProcess): () => void {
  const timers: NodeJS.Timeout[] = [];
  const forward = (signal: NodeJS.Signals): void => {
    signalGroup(child, timers.length === 0 ? signal : "SIGKILL");
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
