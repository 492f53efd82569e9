import { expect, it } from "vitest";
import { parseFlags } from "../../../../src/config/inputs/flags.ts";
import { inputsOf } from "../../../../src/config/inputs/inputs.ts";
import { createRawInputs } from "../../../../src/config/inputs/raw-inputs.ts";
import type { Environment } from "../../../../src/foundation/ports.ts";

const none: readonly string[] = [];

function read(argv: readonly string[], env: Environment) {
  return createRawInputs(parseFlags(argv, "doctor").flags, env, inputsOf("doctor"));
}

it("takes the flag before the variable, and names it as the user wrote it", () => {
  const raw = read(["--region", "eu-west-1"], { AWS_OIDC_REGION: "eu-north-1" });
  expect(raw("region")).toEqual({ text: "eu-west-1", subject: "--region" });
});

it.each(["--trust-policy", "--trust-policy-file"])("knows %s under both its names", (flag) => {
  const raw = read([flag, "policy.json"], {});
  expect(raw("trust-policy-file")).toEqual({ text: "policy.json", subject: flag });
});

it("takes an empty flag as it is", () => {
  const raw = read(["--verify", ""], {});
  expect(raw("verify")).toEqual({ text: "", subject: "--verify" });
});

it("takes the variable before the default, and names the input", () => {
  expect(read(none, { AWS_OIDC_VERIFY: "none" })("verify")).toEqual({
    text: "none",
    subject: "verify",
  });
});

it.each([{}, { AWS_OIDC_DURATION_SECONDS: "" }])("takes the default for %j", (env) => {
  expect(read(none, env)("duration-seconds")).toEqual({
    text: "3600",
    subject: "duration-seconds",
  });
});

it("tells a required input that is empty from one that is missing", () => {
  expect(read(none, {})("role-arn").text).toBeUndefined();
  expect(read(none, { AWS_OIDC_ROLE_ARN: "" })("role-arn").text).toBe("");
});
