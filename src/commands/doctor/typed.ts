import { takeCheckout } from "../../config/checkout-inputs.ts";
import type { DoctorConfig } from "../../config/doctor-config.ts";
import type { RawInputs } from "../../config/inputs/raw-inputs.ts";
import { findOpenJob } from "../../config/open-inputs.ts";
import { parseTypedDoctorConfig } from "../../config/typed-doctor-config.ts";
import type { Checked } from "../../foundation/checked.ts";
import { renderNote } from "../../output/report.ts";
import type { Tools } from "../tools.ts";

/** Reads what somebody asks on the command line; in a git repository, the remote says what no flag does. */
export async function parseTypedLine(raw: RawInputs<string>, tools: Tools): Promise<Checked<DoctorConfig>> {
  const { host, log, paint } = tools;
  const checkout = await takeCheckout(raw, host, findOpenJob(raw));
  if (checkout.note !== undefined) log.complain(renderNote(checkout.note, paint));
  return parseTypedDoctorConfig(checkout.raw, host, async (role) =>
    (await import("./fetch-policy.ts")).fetchTrustPolicy(role, tools),
  );
}
