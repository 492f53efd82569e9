import { findPartition } from "../../aws/partitions.ts";
import { type AssumeRoleConfig, finalRole } from "../../config/assume-role-config.ts";
import type { Host } from "../../foundation/ports.ts";
import { ANNOTATIONS_MODE, encodeAnnotations } from "../../gitlab/annotations.ts";
import { reportFiles } from "../../gitlab/job.ts";

/** Puts a link to the role in the AWS console on the job's page, in partitions whose console has a public address. */
export function writeJobPageLink(config: AssumeRoleConfig, { files }: Pick<Host, "files">): void {
  const role = finalRole(config);
  const consoleHost = findPartition(role.partition)?.consoleHost;
  const hasPage = config.job.jobUrl !== undefined;
  if (!hasPage || config.consoleLink === "hidden" || consoleHost === undefined) return;
  const url = `https://${consoleHost}/iam/home#/roles/details/${encodeURIComponent(role.name)}`;
  const annotations = encodeAnnotations("AWS", [{ label: `IAM role ${role.name}`, url }]);
  try {
    files.writeWhole(reportFiles(config.job).annotations, annotations, ANNOTATIONS_MODE);
  } catch {
    // The credentials are there; a link is no reason to fail the job.
  }
}
