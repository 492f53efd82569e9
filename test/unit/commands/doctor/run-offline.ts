import { runCli } from "../../../../src/cli.ts";
import { assertDoctorJson } from "../../../harness/doctor-schema.ts";
import { createMemoryHost, type MemoryHostOptions } from "../../../harness/memory-host.ts";

export interface OfflineRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const noNetwork = (): never => {
  throw new Error("the doctor asks nobody offline");
};

/** The doctor on a laptop, in this process: no job, no network, a policy and perhaps claims in files. */
export async function runDoctorOffline(
  flags: readonly string[],
  files: Readonly<Record<string, string>>,
  input: MemoryHostOptions["input"] = "",
): Promise<OfflineRun> {
  const host = createMemoryHost({ env: { NO_COLOR: "1" }, files, input });
  const exitCode = await runCli(["doctor", ...flags], host, {
    connectSts: noNetwork,
    fetchPage: noNetwork,
    findWay: noNetwork,
  });
  assertDoctorJson(["doctor"], host.stdout());
  return { exitCode, stdout: host.stdout(), stderr: host.stderr() };
}
