import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { CREDENTIAL_VARIABLES } from "../../../src/commands/exchange.ts";
import { assertNotShadowed, shadowNotes } from "../../../src/commands/shadowed-variables.ts";
import { isJsonObject } from "../../../src/foundation/json.ts";
import { configOf } from "../../harness/assume-role-config.ts";

describe("a credential variable that is set already", () => {
  it.each(CREDENTIAL_VARIABLES)("ends the run: %s", (name) => {
    expect(() => assertNotShadowed(configOf(), { [name]: "of the project" })).toThrow(
      expect.objectContaining({
        code: "CREDENTIALS_SHADOWED",
        message: expect.stringContaining(`${name} is already set in this job`),
        hint: expect.stringMatching(new RegExp(`^Remove ${name} from Settings > CI/CD > Variables`)),
      }),
    );
  });

  it("is told together with all others", () => {
    const env = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };
    expect(() => assertNotShadowed(configOf(), env)).toThrow(
      "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY are already set in this job",
    );
  });

  it.each(CREDENTIAL_VARIABLES)(
    "ends the run though it is empty, because it still takes precedence: %s",
    (name) => {
      expect(() => assertNotShadowed(configOf(), { [name]: "" })).toThrow(
        expect.objectContaining({
          message: expect.stringContaining(`${name} (empty) is already set in this job`),
          hint: expect.stringMatching(new RegExp(`^Remove ${name} from Settings`)),
        }),
      );
    },
  );

  it("is none if its name differs from those that are written", () => {
    expect(() => assertNotShadowed(configOf(), { AWS_ACCOUNT_ID: "123456789012" })).not.toThrow();
    const prefixed = configOf({ AWS_OIDC_VARIABLE_PREFIX: "PROD_" });
    expect(() => assertNotShadowed(prefixed, { AWS_SESSION_TOKEN: "x" })).not.toThrow();
    expect(() => assertNotShadowed(prefixed, { PROD_AWS_SESSION_TOKEN: "x" })).toThrow(
      "PROD_AWS_SESSION_TOKEN is",
    );
  });

  it("is a note where the run is to go on, without the value", () => {
    const config = configOf({ AWS_OIDC_ON_SHADOWED_VARIABLES: "warn" });
    const env = { AWS_SESSION_TOKEN: "somebody-elses" };
    expect(() => assertNotShadowed(config, env)).not.toThrow();
    expect(shadowNotes(config, env)).toEqual([
      expect.stringMatching(/^AWS_SESSION_TOKEN is already set in this job; [\s\S]*\nLook in Settings/),
    ]);
    expect(shadowNotes(config, env).join()).not.toContain("somebody-elses");
  });
});

describe("notes", () => {
  const config = configOf({ AWS_OIDC_REGION: "eu-central-1" });

  it("are there for whatever makes tools use another identity or Region", () => {
    const env = {
      AWS_PROFILE: "ops",
      AWS_SECURITY_TOKEN: "old",
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-2",
      AWS_ACCOUNT_ID: "210987654321",
    };
    expect(shadowNotes(config, env).map((note) => note.split(" ", 1)[0])).toEqual([
      "AWS_REGION",
      "AWS_DEFAULT_REGION",
      "AWS_ACCOUNT_ID",
      "AWS_PROFILE",
      "AWS_SECURITY_TOKEN",
    ]);
  });

  it("are there for an empty Region too, which wins over that of the report", () => {
    expect(shadowNotes(config, { AWS_REGION: "eu-central-1", AWS_DEFAULT_REGION: "" })).toEqual([
      "AWS_DEFAULT_REGION is empty in this job; as a project or group variable it takes precedence over the report's eu-central-1.",
    ]);
  });

  it("compare the account with the last role of a chain", () => {
    const chain = configOf({ AWS_OIDC_CHAINED_ROLE_ARN: "arn:aws:iam::210987654321:role/production" });
    expect(shadowNotes(chain, { AWS_ACCOUNT_ID: "210987654321" })).toEqual([]);
    expect(shadowNotes(chain, { AWS_ACCOUNT_ID: "123456789012" })).toEqual([
      "AWS_ACCOUNT_ID is set to 123456789012 in this job; as a project or group variable it takes precedence over the report's 210987654321.",
    ]);
  });

  it("are not there for the same Region, for none, or for a name that is not written", () => {
    expect(shadowNotes(config, { AWS_REGION: "eu-central-1" })).toEqual([]);
    expect(shadowNotes(configOf(), { AWS_REGION: "us-east-1" })).toEqual([]);
    const prefixed = configOf({ AWS_OIDC_REGION: "eu-central-1", AWS_OIDC_VARIABLE_PREFIX: "PROD_" });
    expect(shadowNotes(prefixed, { AWS_REGION: "us-east-1" })).toEqual([]);
  });
});

it("has nothing to do with our templates, which set none of these names", () => {
  const names = [...CREDENTIAL_VARIABLES, "AWS_ACCOUNT_ID", "AWS_REGION", "AWS_DEFAULT_REGION"];
  const folder = join(import.meta.dirname, "../../../templates");
  const jobs = readdirSync(folder).filter((file) => file !== "web-identity.yml");
  const variables = jobs.flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, file), "utf8")).flatMap((document) =>
      Object.values<unknown>(document.toJS() ?? {}).flatMap((job) =>
        isJsonObject(job) && isJsonObject(job.variables) ? Object.keys(job.variables) : [],
      ),
    ),
  );
  expect(variables).toContain("AWS_OIDC_ROLE_ARN");
  expect(variables.filter((name) => names.includes(name))).toEqual([]);
});
