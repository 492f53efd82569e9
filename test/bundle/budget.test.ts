import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import budget from "../../bench/budget.json" with { type: "json" };
import { bundleEntry } from "../../build/bundle.ts";
import { packBundle, renderRuntime } from "../../build/runtime.ts";

const root = join(import.meta.dirname, "../..");

it("keeps the packed bundle within its budget", () => {
  expect(packBundle(readFileSync(inject("bundle"))).length).toBeLessThanOrEqual(budget.packedBase64Bytes);
});

it("keeps the SDK's share of it within its budget", async () => {
  const { code } = await bundleEntry(root, "test/bundle/sdk-driver.ts");
  expect(packBundle(code).length).toBeLessThanOrEqual(budget.sdkBase64Bytes);
});

it("keeps what a pipeline carries within its budget", () => {
  const yaml = renderRuntime(readFileSync(inject("bundle")), "1.0.0");
  expect(Buffer.byteLength(yaml)).toBeLessThanOrEqual(budget.runtimeYmlBytes);
});
