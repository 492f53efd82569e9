import { join } from "node:path";
import { expect, it } from "vitest";
import budget from "../../bench/budget.json" with { type: "json" };
import { bundleEntry } from "../../build/bundle.ts";
import { packBundle, renderRuntime } from "../../src/edge/sandbox/runtime.ts";
import { readBuiltBundle } from "../harness/built-bundle.ts";

const root = join(import.meta.dirname, "../..");

const bundle = readBuiltBundle();

it("keeps the packed script of assume-role within its budget", () => {
  expect(packBundle(bundle.assumeRoleCode).length).toBeLessThanOrEqual(budget.packedBase64Bytes);
});

it("keeps the client of STS within its budget", async () => {
  const { code } = await bundleEntry(root, "src/edge/sts-client.ts");
  expect(packBundle(code).length).toBeLessThanOrEqual(budget.stsClientBase64Bytes);
});

it("keeps what a pipeline carries within its budget", () => {
  const bytesOf = (carried: Buffer, command: "assume-role" | "doctor") =>
    Buffer.byteLength(renderRuntime(carried, { version: "1.0.0", command }));
  expect(bytesOf(bundle.assumeRoleCode, "assume-role")).toBeLessThanOrEqual(budget.runtimeYmlBytes);
  expect(bytesOf(bundle.doctorCode, "doctor")).toBeLessThanOrEqual(budget.doctorRuntimeYmlBytes);
});
