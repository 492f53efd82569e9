import { afterAll, beforeAll, expect, it } from "vitest";
import type { ScriptRun } from "../harness/run-script.ts";
import { type DoctorWorld, printed, startDoctorWorld } from "./doctor-world.ts";

let world: DoctorWorld;
let run: ScriptRun;
beforeAll(async () => {
  world = await startDoctorWorld();
  run = await world.run(world.environment());
});
afterAll(() => world.close());

it("says in a list that everything works, and at its end that nothing blocks the job", () => {
  expect(printed(run)).toMatchInlineSnapshot(`
    "exit code 0
    ✔ ID token       acme/shop, branch main; valid for 1 h, until <instant>
                     Read without verifying its signature: AWS does that.
                     iss  https://127.0.0.1:<port>
                     aud  https://127.0.0.1:<port>
                     sub  project_path:acme/shop:ref_type:branch:ref:main
    ✔ Issuer         https://127.0.0.1:<port> answers in <seconds> s (certificate of localhost by Stand-in Root CA, until <instant>)
    ✔ Role ARN       deploy in account 123456789012 (aws)
    ✔ Configuration  every input is valid
    ✔ Variables      none replaces the credentials
    ✔ STS endpoint   STS at http://127.0.0.1:<port> answers in <seconds> s
    ✔ Exchange       arn:aws:sts::123456789012:assumed-role/deploy/GitLabRunner-4711-90210, by STS at http://127.0.0.1:<port>
                     The credentials would last until <instant> (1 h); nothing was
                     written.
    – Trust policy   none given; \`aws iam get-role --role-name <role> --output json > policy.json\` fetches it for \`trust-policy-file\`

    ✔ Nothing blocks this job: AWS gives it credentials
    "
  `);
});

it("asks the instance, then STS as `assume-role` would, and leaves no file", () => {
  expect(world.issuer.requests.slice(0, 2)).toEqual([
    "/.well-known/openid-configuration",
    "/oauth/discovery/keys",
  ]);
  expect(world.sts.requests.map(({ action }) => action)).toEqual([
    "AssumeRoleWithWebIdentity",
    "GetCallerIdentity",
  ]);
  expect(run.files).toEqual([]);
});

it("says the same to machines, on standard output alone", async () => {
  const json = await world.run(world.environment(), { flags: ["--format=json"] });
  const report = JSON.parse(json.stdout);
  expect(report.verdict).toBe("clear");
  expect(report.checks.map(({ id, status }: { id: string; status: string }) => `${id} ${status}`)).toEqual([
    "id-token ok",
    "issuer ok",
    "role-arn ok",
    "configuration ok",
    "variables ok",
    "sts-endpoint ok",
    "exchange ok",
    "trust-policy skipped",
  ]);
  expect(report.token.claims).toMatchObject({ project_path: "acme/shop", ref: "main" });
  expect(report.token.withheld).toEqual(["user_id", "user_login", "user_email", "jti"]);
  expect(json.stderr).toBe("");
  expect(json.exitCode).toBe(0);
});
