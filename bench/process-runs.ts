import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** A program as a user would start it. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
}

/** Clock ticks per second in /proc, the same on every Linux (`USER_HZ`). */
const TICKS_PER_SECOND = 100;
const SAMPLE_INTERVAL_MS = 1;

export interface Timing {
  /** From before the process starts until it has ended. */
  readonly wallMs: number;
  /**
   * Processor time of the process and its children, in steps of 10 ms: only the mean of many runs is exact, because
   * rounding evens out.
   */
  readonly cpuMs: number;
}

/**
 * Times a whole process.
 *
 * @throws when it fails, with what it printed
 */
export async function timeRun(command: Command): Promise<Timing> {
  const cpuBefore = childrenCpuMs();
  const started = performance.now();
  await ended(start(command), command);
  return { wallMs: performance.now() - started, cpuMs: childrenCpuMs() - cpuBefore };
}

/**
 * Measures the peak of resident memory of the largest process of a run, in bytes, by asking the kernel for its
 * high-water mark every millisecond.
 */
export async function peakMemoryOfRun(command: Command): Promise<number> {
  const child = start(command);
  let peak = 0;
  const timer = setInterval(() => {
    if (child.pid !== undefined) peak = Math.max(peak, highWaterMark(child.pid));
  }, SAMPLE_INTERVAL_MS);
  await ended(child, command).finally(() => clearInterval(timer));
  return peak;
}

function start({ program, args, env, folder }: Command): ChildProcess {
  return spawn(program, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
}

async function ended(child: ChildProcess, { program }: Command): Promise<void> {
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  if (exitCode !== 0) throw new Error(`${program} ended with ${exitCode}:\n${printed}`);
}

/** Processor time of all children that have ended. @see proc_pid_stat(5), fields 16 and 17 */
function childrenCpuMs(): number {
  const fields = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  const ticks = Number(fields[13]) + Number(fields[14]);
  return (ticks * 1000) / TICKS_PER_SECOND;
}

/** `VmHWM` of a process or of its largest descendant; 0 once they are gone. */
function highWaterMark(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
    const own = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
    return Math.max(own, ...children.map((child) => highWaterMark(Number(child))));
  } catch {
    return 0;
  }
}
