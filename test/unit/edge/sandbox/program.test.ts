import { expect, it } from "vitest";
import { listenForEnd, runProgram } from "../../../../src/edge/sandbox/program.ts";

it("remembers a signal from before anything waits for one, and starts nothing then", async () => {
  const end = listenForEnd();
  process.emit("SIGHUP", "SIGHUP");
  expect(await end.signalled).toBe("SIGHUP");
  expect(await runProgram(["no-such-program"], {}, end)).toBe(129);
});
