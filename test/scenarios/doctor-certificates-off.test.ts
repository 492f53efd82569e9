import { afterAll, beforeAll, expect, it } from "vitest";
import { expectToldProblems } from "../harness/told-problems.ts";
import { type DoctorWorld, startDoctorWorld } from "./doctor-world.ts";

let world: DoctorWorld;
beforeAll(async () => {
  world = await startDoctorWorld();
});
afterAll(() => world.close());

it("does not look at anything while certificates are not verified, and says what else is wrong", async () => {
  const env = { ...world.environment(), NODE_EXTRA_CA_CERTS: undefined, NODE_TLS_REJECT_UNAUTHORIZED: "0" };
  const run = await world.run(env, { flags: ["--format", "xml"] });
  expect(run).toMatchObject({ exitCode: 2, stdout: "" });
  expectToldProblems(run, [
    ["--format", /^"xml" one of text, json/],
    ["NODE_TLS_REJECT_UNAUTHORIZED", /^"0", which tells Node to accept any certificate.*NODE_EXTRA_CA_CERTS/],
  ]);
  expect([...world.issuer.requests, ...world.sts.requests]).toEqual([]);
});

it("minds the variable only where it connects to something", async () => {
  const flags = ["--trust-policy", "policy.json", "--project", "acme/shop", "--branch", "main"];
  const run = await world.run(
    { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
    { flags, files: { "policy.json": '{"Version":"2012-10-17","Statement":[]}' } },
  );
  expect(run.exitCode).toBe(1);
  expect(run.stdout + run.stderr).not.toContain("NODE_TLS_REJECT_UNAUTHORIZED");
});
