import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { createWorkbench } from "../../../../src/edge/sandbox/workbench.ts";

const folder = mkdtempSync(join(tmpdir(), "aws-oidc-workbench-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("starts no program once it was told to end, even if that was while something else was being prepared", async () => {
  const workbench = createWorkbench(process.env);
  process.emit("SIGHUP");
  const marker = join(folder, "started");
  expect(await workbench.runProgram(["touch", marker], {})).toBe(129);
  expect(existsSync(marker)).toBe(false);
  await workbench.waitForEnd();
});

it("asks a program to end on SIGQUIT, which would let it leave containers", async () => {
  const workbench = createWorkbench(process.env);
  const log = join(folder, "log");
  const script = `trap 'echo asked >> ${log}; exit 9' TERM; echo ready > ${log}; while :; do sleep 0.05; done`;
  const exitCode = workbench.runProgram(["sh", "-c", script], { PATH: process.env.PATH ?? "" });
  await expect.poll(() => existsSync(log) && readFileSync(log, "utf8")).toBe("ready\n");
  process.emit("SIGQUIT");
  expect(await exitCode).toBe(9);
  expect(readFileSync(log, "utf8")).toBe("ready\nasked\n");
});
