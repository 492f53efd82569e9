import type { FaultCase } from "../fault-case.ts";
import { ANSWER_CASES, CLOCK_CASES, REFUSAL_CASES } from "./answers.ts";
import { CANCELLED_CASES, FILE_CASES } from "./endings.ts";
import { HOSTILE_CASES } from "./hostile.ts";
import { NETWORK_CASES } from "./network.ts";
import { PROXY_CASES } from "./proxies.ts";
import { REGION_CASES } from "./regions.ts";
import { TLS_CASES } from "./tls.ts";

export interface FaultGroup {
  readonly title: string;
  readonly cases: readonly FaultCase[];
}

/** All faults, in the order of the tables. */
export const FAULT_GROUPS: readonly FaultGroup[] = [
  { title: "The network", cases: NETWORK_CASES },
  { title: "Proxies", cases: PROXY_CASES },
  { title: "What STS answers", cases: ANSWER_CASES },
  { title: "What a hostile server answers", cases: HOSTILE_CASES },
  { title: "Refusals", cases: REFUSAL_CASES },
  { title: "The machine's clock", cases: CLOCK_CASES },
  { title: "Certificates", cases: TLS_CASES },
  { title: "Other Regions (`fallback-regions`)", cases: REGION_CASES },
  { title: "A cancelled job", cases: CANCELLED_CASES },
  { title: "Files and the log", cases: FILE_CASES },
];
