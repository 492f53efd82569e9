import { signUrl } from "../../src/edge/signed-url.ts";
import {
  type Checkout,
  type Clock,
  type Environment,
  type Files,
  type Host,
  TimeLimitError,
} from "../../src/foundation/ports.ts";
import type { Workbench } from "../../src/foundation/workbench.ts";

/** A clock that only moves when something waits, so that no test waits and none depends on the machine's speed. */
export interface VirtualClock extends Clock {
  /** Lets time pass within a piece of work, as a slow request does; `Infinity` for one that never ends. */
  pass(ms: number): void;
  /** Every wait so far, in milliseconds. */
  readonly sleeps: readonly number[];
}

export interface MemoryFile {
  readonly contents: string;
  readonly mode: number;
}

/** A {@link Host} without a process: what it printed and wrote can be looked at afterwards. */
export interface MemoryHost extends Host {
  readonly clock: VirtualClock;
  /** By path. */
  readonly written: Map<string, MemoryFile>;
  stdout(): string;
  stderr(): string;
}

export interface MemoryHostOptions {
  readonly env?: Environment;
  /** The machine's date at the start, 2026-11-23 04:00 UTC unless given. */
  readonly now?: Date;
  /** What the generator of random numbers gives, again and again; 0.5 unless given. */
  readonly random?: number;
  /** Files that are there at the start. */
  readonly files?: Readonly<Record<string, string>>;
  /** What standard input has, nothing unless given; an error is thrown in its place. */
  readonly input?: string | Error;
  /** The sandbox's workbench; none unless given. */
  readonly workbench?: Workbench;
  /** The git repository of the working folder; none unless given. */
  readonly checkout?: Checkout;
  /** In place of the file system's own operations, to let them fail. */
  readonly failing?: Partial<Files>;
}

export const START = new Date("2026-11-23T04:00:00Z");

export function createVirtualClock(start: Date = START): VirtualClock {
  const sleeps: number[] = [];
  let elapsedMs = 0;
  return {
    sleeps,
    now: () => new Date(start.getTime() + elapsedMs),
    elapsedMs: () => elapsedMs,
    pass: (ms) => {
      elapsedMs += ms;
    },
    sleep: async (ms) => {
      sleeps.push(ms);
      elapsedMs += ms;
    },
    limit: async (ms, work) => {
      const controller = new AbortController();
      const end = elapsedMs + ms;
      const settled = await Promise.allSettled([work(controller.signal)]);
      if (elapsedMs > end) {
        elapsedMs = end;
        controller.abort();
        throw new TimeLimitError(ms);
      }
      const [result] = settled;
      if (result.status === "rejected") throw result.reason;
      return result.value;
    },
  };
}

export function createMemoryHost(options: MemoryHostOptions = {}): MemoryHost {
  const printed = { out: "", err: "" };
  const written = new Map(
    Object.entries(options.files ?? {}).map(([path, contents]) => [path, { contents, mode: 0o644 }]),
  );
  return {
    env: options.env ?? {},
    clock: createVirtualClock(options.now),
    random: () => options.random ?? 0.5,
    written,
    files: {
      remove: (path) => void written.delete(path),
      writeWhole: (path, contents, mode) => void written.set(path, { contents, mode }),
      readText: (path) => {
        const file = written.get(path);
        if (file === undefined) throw platformError("ENOENT");
        return file.contents;
      },
      ...options.failing,
    },
    openTerminal: async () => ({
      program: "node aws-oidc.cjs",
      signUrl,
      openWorkbench: async () => {
        if (options.workbench === undefined) throw new Error("no workbench");
        return options.workbench;
      },
      readCheckout: async () => options.checkout ?? { kind: "none" },
      readSource: (path) => {
        const file = written.get(path);
        if (file === undefined) throw platformError("ENOENT");
        return file.contents;
      },
      shortPath: (path) => path.replace(/^(?:\.\/|\/project\/)/, ""),
      readInput: async () => {
        const { input = "" } = options;
        if (input instanceof Error) throw input;
        return input;
      },
    }),
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
    stdout: () => printed.out,
    stderr: () => printed.err,
  };
}

/** An error as the platform throws it. */
export function platformError(code: string): Error {
  return Object.assign(new Error(`${code}: said by the platform`), { code });
}
