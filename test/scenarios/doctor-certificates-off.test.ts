import { afterAll, beforeAll, expect, it } from "vitest";
import { type DoctorWorld, printed, startDoctorWorld } from "./doctor-world.ts";

let world: DoctorWorld;
beforeAll(async () => {
  world = await startDoctorWorld();
});
afterAll(() => world.close());

it("does not look at anything while certificates are not verified, and says what else is wrong", async () => {
  const env = { ...world.environment(), NODE_EXTRA_CA_CERTS: undefined, NODE_TLS_REJECT_UNAUTHORIZED: "0" };
  const run = await world.run(env, { flags: ["--format", "xml"] });
  expect(printed(run)).toMatchInlineSnapshot(`
    "exit code 2
    --- stderr
    ✖ The configuration has 2 problems.

      --format: "xml"
        expected one of text, json
        → Set --format to one of these words, in lower case.

      NODE_TLS_REJECT_UNAUTHORIZED: "0", which tells Node to accept any certificate, so that anybody on the way could read the ID token
        expected a job without this variable
        → Remove it from the CI/CD variables of the project, its groups and the instance, and from
          \`variables:\` of the pipeline.
          For a certificate of your own authority, name that authority's certificate in
          NODE_EXTRA_CA_CERTS instead.
    "
  `);
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
