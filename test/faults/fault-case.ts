import type { ChildProcess } from "node:child_process";
import type { ServerCertificate } from "../../stand-ins/http-listener.ts";
import type { Misbehaviour } from "../../stand-ins/sts/faults.ts";
import type { Sts, StsOptions } from "../../stand-ins/sts/server.ts";
import type { Authority } from "../fakes/certificates.ts";
import type { HttpProxy, ProxyOptions } from "../fakes/proxy.ts";

/** The stand-ins of one case. */
export interface Stage {
  /** Where the run finds STS unless the case says otherwise: over HTTPS on loopback. */
  readonly sts: Sts;
  /** STS of a second Region, which behaves unless the case says otherwise. */
  readonly second: Sts;
  readonly proxy: HttpProxy;
  readonly authority: Authority;
  /** A folder for what the run is given; removed with the stage. */
  readonly folder: string;
  /** Ends something with the stage. */
  readonly closeLater: (thing: { close(): Promise<void> }) => void;
}

/** Variables over those of an ordinary job; `undefined` takes one away. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A number, or bounds for what chance decides: the waits are drawn at random. */
export type Count = number | readonly [min: number, max: number];

/** A fault, and what a run makes of it. */
export interface FaultCase {
  /** The row of the table in `docs/faults.md`. */
  readonly fault: string;
  /** `timeout-seconds` of the run. */
  readonly seconds: number;
  /** The run ends within this time, which is the budget unless given. */
  readonly boundSeconds?: number;

  readonly misbehave?: readonly Misbehaviour[];
  /** What STS of the second Region does. */
  readonly secondMisbehave?: readonly Misbehaviour[];
  readonly sts?: Partial<StsOptions>;
  /** The certificate that STS presents, in place of a good one; `none` makes it speak plain HTTP. */
  readonly certificate?: "none" | ((authority: Authority) => Promise<ServerCertificate>);
  readonly proxy?: (
    stage: Pick<Stage, "sts" | "second" | "authority">,
  ) => ProxyOptions | Promise<ProxyOptions>;
  readonly env?: (stage: Stage) => Environment | Promise<Environment>;
  readonly prepare?: (folder: string) => void;
  readonly during?: (child: ChildProcess, stage: Stage, folder: string) => Promise<void>;
  readonly command?: readonly [string, ...string[]];
  /** The machine's clock is off by this much. */
  readonly clockOffMs?: number;

  readonly exitCode: number;
  /** Names the fault: the first line of what went wrong, or of the success. */
  readonly firstLine: RegExp;
  /** What else the log says. */
  readonly log?: RegExp;
  /** Requests that reached either STS. */
  readonly requests: Count;
  /** TCP connections that reached the first STS. */
  readonly connections?: Count;
  /** Requests that reached the proxy. */
  readonly tunnels?: Count;
  /** Files in the working folder after a failure, none unless given. */
  readonly leftovers?: readonly string[];

  /** Told in the table: whether STS is asked again, and how long the run can take by that. */
  readonly askedAgain: string;
  readonly takes: string;
  /** This machine can show something alike only, so that the row stays as another machine has written it. */
  readonly standsIn?: boolean;
}
