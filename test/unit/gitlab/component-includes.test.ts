import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { findIncludes } from "../../../src/gitlab/component-includes.ts";

const VARIABLES = { CI_SERVER_FQDN: "gitlab.example.com", CI_PROJECT_PATH: "acme/shop" };

function find(yaml: string) {
  return findIncludes(parse(yaml), VARIABLES);
}

describe("the includes of a pipeline", () => {
  it("are components with their inputs, and files of the repository", () => {
    const yaml = `
include:
  - component: $CI_SERVER_FQDN/acme/tools/aws-oidc/web-identity@1
    inputs: { role-arn: "arn:aws:iam::123456789012:role/$NAME", job-name: other, duration-seconds: 900 }
  - local: /ci/deploy.yml
  - ci/test.yml
  - component: "\${CI_SERVER_FQDN}/aws-oidc/doctor@~latest"
`;
    expect(find(yaml)).toEqual({
      components: [
        {
          name: "web-identity",
          host: "gitlab.example.com",
          project: "acme/tools/aws-oidc",
          version: "1",
          inputs: {
            "role-arn": "arn:aws:iam::123456789012:role/$NAME",
            "job-name": "other",
            "duration-seconds": "900",
          },
        },
        { name: "doctor", host: "gitlab.example.com", project: "aws-oidc", version: "~latest", inputs: {} },
      ],
      localFiles: ["ci/deploy.yml", "ci/test.yml"],
      childFiles: [],
    });
  });

  it.each([
    "include: { component: $CI_SERVER_FQDN/acme/aws/assume-role@1 }",
    "include: { component: $CI_SERVER_FQDN/acme/aws-oidc/deploy@1 }",
    "include: { component: $CI_SERVER_FQDN/acme/aws-oidc/assume-role }",
    "include: [{ local: ci/*.yml }, { remote: https://example.com/a.yml }, https://example.com/a.yml]",
    "deploy: { script: deploy }",
    "[]",
    "",
  ])("%j has none of ours", (yaml) => {
    expect(find(yaml)).toEqual({ components: [], localFiles: [], childFiles: [] });
  });

  it("may be those of a child pipeline", () => {
    const { components, localFiles, childFiles } = find(
      "include: own.yml\ndeploy: { trigger: { include: [{ local: /child.yml }, { component: a.b/c/aws-oidc/doctor@1 }, { artifact: made.yml, job: make }] } }\nother: { trigger: { include: other.yml } }\nlast: { trigger: acme/shop }",
    );
    expect(localFiles).toEqual(["own.yml", "child.yml", "other.yml"]);
    expect(childFiles).toEqual(["child.yml", "other.yml"]);
    expect(components).toMatchObject([{ name: "doctor", project: "c/aws-oidc" }]);
  });

  it("may be a single one", () => {
    expect(find("include: { component: $CI_SERVER_FQDN/a/aws-oidc/doctor@1 }").components).toHaveLength(1);
    expect(find("include: ci.yml").localFiles).toEqual(["ci.yml"]);
  });
});
