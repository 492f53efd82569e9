import { findPartition } from "../aws/partitions.ts";
import { type AssumeRoleConfig, finalRole } from "../config/assume-role-config.ts";
import { ANNOTATIONS_FILE, ANNOTATIONS_MODE, encodeAnnotations } from "../gitlab/annotations.ts";
import type { Host } from "../host.ts";

/** Puts a link to the role in the AWS console on the job's page, in partitions whose console has a public address. */
export function writeJobPageLink(config: AssumeRoleConfig, { files }: Pick<Host, "files">): void {
  const role = finalRole(config);
  const consoleHost = findPartition(role.partition)?.consoleHost;
  const hasPage = config.job.jobUrl !== undefined;
  if (!hasPage || config.consoleLink === "off" || consoleHost === undefined) return;
  const url = `https://${consoleHost}/iam/home#/roles/details/${encodeURIComponent(role.name)}`;
  const annotations = encodeAnnotations("AWS", [{ label: `IAM role ${role.name}`, url }]);
  try {
    files.writeWhole(ANNOTATIONS_FILE, annotations, ANNOTATIONS_MODE);
  } catch {
    // The credentials are there; a link is no reason to fail the job.
  }
}
