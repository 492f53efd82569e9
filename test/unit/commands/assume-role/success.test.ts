import { describe, expect, it } from "vitest";
import { writeJobPageLink } from "../../../../src/commands/assume-role/success.ts";
import type { Environment } from "../../../../src/foundation/ports.ts";
import { configOf } from "../../../harness/assume-role-config.ts";
import { createMemoryHost, platformError } from "../../../harness/memory-host.ts";

const FILE = "aws-oidc-31337.annotations.json";

function linkOf(env: Environment): unknown {
  const host = createMemoryHost();
  writeJobPageLink(configOf(env), host);
  const file = host.written.get(FILE);
  return file === undefined ? undefined : JSON.parse(file.contents);
}

describe("the link on the job's page", () => {
  it.each([
    ["aws", "console.aws.amazon.com"],
    ["aws-cn", "console.amazonaws.cn"],
    ["aws-us-gov", "console.amazonaws-us-gov.com"],
  ])("leads to the role in the console of %s", (partition, host) => {
    expect(linkOf({ AWS_OIDC_ROLE_ARN: `arn:${partition}:iam::123456789012:role/ci/de+ploy` })).toEqual({
      AWS: [
        {
          external_link: {
            label: "IAM role de+ploy",
            url: `https://${host}/iam/home#/roles/details/de%2Bploy`,
          },
        },
      ],
    });
  });

  it("leads to the last role of a chain", () => {
    const env = { AWS_OIDC_CHAINED_ROLE_ARN: "arn:aws:iam::210987654321:role/production" };
    expect(linkOf(env)).toMatchObject({ AWS: [{ external_link: { label: "IAM role production" } }] });
  });

  it.each([
    ["it is not wanted", { AWS_OIDC_CONSOLE_LINK: "hidden" }],
    ["there is no job page", { CI_JOB_URL: undefined }],
    ["the console has no public address", { AWS_OIDC_ROLE_ARN: "arn:aws-iso:iam::123456789012:role/deploy" }],
  ])("is left out where %s", (_, env) => {
    expect(linkOf(env)).toBeUndefined();
  });

  it("is no reason to fail when it cannot be written", () => {
    const writeWhole = () => {
      throw platformError("ENOSPC");
    };
    expect(() => writeJobPageLink(configOf(), createMemoryHost({ failing: { writeWhole } }))).not.toThrow();
  });
});
