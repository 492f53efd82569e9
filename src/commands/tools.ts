import type { ConnectSts } from "../aws/sts.ts";
import type { Host } from "../host.ts";
import type { Log } from "../output/log.ts";
import type { Paint } from "../output/paint.ts";

/** What every command works with. */
export interface Tools {
  readonly host: Host;
  readonly connectSts: ConnectSts;
  readonly log: Log;
  readonly paint: Paint;
}

/** `0` done, `1` refused or failed, `2` wrong configuration; 128 and the signal's number when the job was cancelled. */
export type ExitCode = 0 | 1 | 2 | 130 | 143;
