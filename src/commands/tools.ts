import type { ConnectSts } from "../aws/sts/sts.ts";
import type { RawInputs } from "../config/inputs/raw-inputs.ts";
import type { Problem } from "../foundation/checked.ts";
import type { Host, Network } from "../foundation/ports.ts";
import type { Log } from "../output/log.ts";
import type { Paint } from "../output/paint.ts";

/** What the user gave to a command. */
export interface CommandLine {
  readonly raw: RawInputs<string>;
  /** What is wrong with the flags themselves, to be reported together with problems of the inputs. */
  readonly problems: readonly Problem[];
  /** Whether there were flags at all; jobs pass none. */
  readonly isTyped: boolean;
  /** What follows `--`, if present. */
  readonly operands?: readonly string[];
}

/** What every command works with. */
export interface Tools extends Network {
  readonly connectSts: ConnectSts;
  readonly host: Host;
  readonly log: Log;
  readonly paint: Paint;
}

/** `0` done, `1` refused or failed, `2` wrong configuration; 128 and the signal's number when the job was cancelled. */
export type ExitCode = 0 | 1 | 2 | 130 | 143;
