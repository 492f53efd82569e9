import { expect, it } from "vitest";
import { createLog } from "../../../src/output/log.ts";
import { createRedactor } from "../../../src/output/redactor.ts";
import { Secret } from "../../../src/secret.ts";
import { createMemoryHost } from "../../harness/memory-host.ts";

it("says on standard output, complains on standard error, and masks on both", () => {
  const host = createMemoryHost();
  const log = createLog(createRedactor(), host);
  log.say("before: hunter2-hunter2\n");
  log.mask(new Secret("hunter2-hunter2", "password"));
  log.say("done with hunter2-hunter2\n");
  log.complain("failed with hunter2-hunter2\n");
  expect(host.stdout()).toBe("before: hunter2-hunter2\ndone with [MASKED]\n");
  expect(host.stderr()).toBe("failed with [MASKED]\n");
});
