import { readFileSync } from "node:fs";
import { join } from "node:path";
import { drawFlow } from "./flow.ts";
import { drawJobLog } from "./job-log.ts";
import { recordJobs } from "./recorded-jobs.ts";

/**
 * Draws every picture of the documentation.
 *
 * @param script the bundle whose output the job logs show
 * @returns pictures by their path below the root
 */
export async function renderPictures(root: string, script: string): Promise<ReadonlyMap<string, string>> {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { good, refused } = await recordJobs(script, version);
  return new Map([
    ["docs/images/flow.svg", drawFlow()],
    ["docs/images/job-passed.svg", drawJobLog(good)],
    ["docs/images/job-refused.svg", drawJobLog(refused)],
  ]);
}
