import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PARTITIONS } from "../../../src/aws/partitions.ts";
import type { StsTarget } from "../../../src/aws/sts/sts.ts";
import type { Environment } from "../../../src/foundation/ports.ts";
import { anyText } from "../../harness/any-text.ts";
import { configOf, problemsOf } from "../../harness/assume-role-config.ts";

function targetsOf(env: Environment): readonly StsTarget[] {
  return configOf(env).sts.targets;
}

function regionsOf(env: Environment): readonly string[] {
  return targetsOf(env).map(({ region }) => region);
}

const CHINA = { AWS_OIDC_ROLE_ARN: "arn:aws-cn:iam::123456789012:role/deploy" };

describe("the Region", () => {
  it.each([
    ["of the input before all", { AWS_OIDC_REGION: "eu-west-1", AWS_REGION: "eu-north-1" }, "eu-west-1"],
    [
      "of AWS_REGION before AWS_DEFAULT_REGION",
      { AWS_REGION: "eu-north-1", AWS_DEFAULT_REGION: "eu-west-3" },
      "eu-north-1",
    ],
    ["of AWS_DEFAULT_REGION", { AWS_REGION: "", AWS_DEFAULT_REGION: "eu-west-3" }, "eu-west-3"],
  ])("is that %s, and is exported", (_, env, region) => {
    expect(configOf(env).sts).toMatchObject({ targets: [{ region }], exportedRegion: region });
  });

  it.each([
    [{}, "us-east-1"],
    [CHINA, "cn-northwest-1"],
    [{ AWS_OIDC_ROLE_ARN: "arn:aws-us-gov:iam::123456789012:role/deploy" }, "us-gov-west-1"],
  ])("is the partition's own when nobody names one, and is not exported: %j", (env, region) => {
    expect(configOf(env).sts).toMatchObject({ targets: [{ region }], exportedRegion: undefined });
  });

  it("is taken whichever it is, as long as the role is of its partition", () => {
    for (const { name, regions } of PARTITIONS) {
      for (const region of regions) {
        const env = {
          AWS_OIDC_ROLE_ARN: `arn:${name}:iam::123456789012:role/deploy`,
          AWS_OIDC_REGION: region,
        };
        expect(regionsOf(env)).toEqual([region]);
      }
    }
  });

  it("is refused in a different partition from the role's", () => {
    expect(problemsOf({ ...CHINA, AWS_OIDC_REGION: "eu-west-1" })).toMatchObject([
      {
        subject: "region",
        found: "eu-west-1 is in the partition aws",
        expected: "a Region of aws-cn, the partition of arn:aws-cn:iam::123456789012:role/deploy",
        fix: expect.stringContaining("such as cn-northwest-1, or the ARN of a role in aws:"),
      },
    ]);
  });

  it("is named after the variable that it came from", () => {
    expect(problemsOf({ AWS_DEFAULT_REGION: "eu-central-1a" })).toMatchObject([
      { subject: "AWS_DEFAULT_REGION" },
    ]);
  });

  it("cannot be checked against an invalid role", () => {
    expect(problemsOf({ AWS_OIDC_ROLE_ARN: "deploy", AWS_OIDC_REGION: "cn-north-1" })).toMatchObject([
      { subject: "role-arn" },
    ]);
  });
});

describe("for a Region that does not exist", () => {
  function suggestionsFor(region: string, env: Environment = {}): readonly string[] {
    const [problem] = problemsOf({ ...env, AWS_OIDC_REGION: region });
    return problem?.expected.replace("a Region such as ", "").split(", ") ?? [];
  }

  it.each([
    ["eu-centrl-1", "eu-central-1"],
    ["us-east1", "us-east-1"],
    ["EU-WEST-1", "eu-west-1"],
    [" eu-north-1", "eu-north-1"],
    ["eu-west-2a", "eu-west-2"],
  ])("the nearest to %j is offered first: %s", (text, region) => {
    expect(suggestionsFor(text)[0]).toBe(region);
  });

  it("those of the role's partition are offered", () => {
    expect(suggestionsFor("cn-nort-1", CHINA)).toEqual(["cn-north-1", "cn-northwest-1"]);
  });

  it("three of the role's partition are offered, whatever it is", () => {
    const [aws] = PARTITIONS;
    const text = anyText.filter(
      (region) => region !== "" && !PARTITIONS.some(({ regions }) => regions.includes(region)),
    );
    fc.assert(
      fc.property(text, (region) => {
        const suggestions = suggestionsFor(region);
        expect(suggestions).toHaveLength(3);
        expect(aws?.regions).toEqual(expect.arrayContaining([...suggestions]));
      }),
    );
  });

  it("a Region with one wrong letter, but the right number, is offered as it should be", () => {
    const regions = fc.constantFrom(...(PARTITIONS[0]?.regions ?? []));
    fc.assert(
      fc.property(regions, fc.nat(), (region, place) => {
        const at = place % (region.length - 1);
        const misspelled = `${region.slice(0, at)}_${region.slice(at + 1)}`;
        expect(suggestionsFor(misspelled)).toContain(region);
      }),
    );
  });
});

describe("fallback Regions", () => {
  it("are asked in their order, each once, and not the first one again", () => {
    const env = {
      AWS_OIDC_REGION: "eu-west-1",
      AWS_OIDC_FALLBACK_REGIONS: "eu-north-1,eu-west-1\neu-north-1 us-east-1",
    };
    expect(regionsOf(env)).toEqual(["eu-west-1", "eu-north-1", "us-east-1"]);
    expect(configOf(env).sts.exportedRegion).toBe("eu-west-1");
  });

  it("are each checked like the first", () => {
    const problems = problemsOf({ AWS_OIDC_FALLBACK_REGIONS: "eu-west-1, cn-north-1, mars-1" });
    expect(problems.map(({ subject, found }) => [subject, found])).toEqual([
      ["fallback-regions", "cn-north-1 is in the partition aws-cn"],
      ["fallback-regions", '"mars-1" is not an AWS Region that this release knows'],
    ]);
  });

  it("have their public endpoint even if the first has another", () => {
    const env = {
      AWS_OIDC_STS_ENDPOINT: "https://vpce-0f.sts.eu-west-1.vpce.amazonaws.com",
      AWS_OIDC_FALLBACK_REGIONS: "eu-north-1",
    };
    expect(targetsOf(env).map(({ endpoint }) => endpoint)).toEqual([
      "https://vpce-0f.sts.eu-west-1.vpce.amazonaws.com",
      undefined,
    ]);
  });
});

describe("an endpoint", () => {
  it.each([
    [
      "of the input before all",
      { AWS_OIDC_STS_ENDPOINT: "https://a.example", AWS_ENDPOINT_URL_STS: "https://b.example" },
      "https://a.example",
    ],
    [
      "of AWS_ENDPOINT_URL_STS",
      { AWS_ENDPOINT_URL_STS: "https://b.example", AWS_ENDPOINT_URL: "https://c.example" },
      "https://b.example",
    ],
    ["of AWS_ENDPOINT_URL", { AWS_ENDPOINT_URL: "https://c.example" }, "https://c.example"],
    [
      "of none where configured ones are to be ignored",
      { AWS_ENDPOINT_URL: "https://c.example", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "TRUE" },
      undefined,
    ],
    [
      "of the input even where configured ones are to be ignored",
      { AWS_OIDC_STS_ENDPOINT: "https://a.example", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" },
      "https://a.example",
    ],
  ])("is that %s", (_, env, endpoint) => {
    expect(targetsOf(env)).toMatchObject([{ endpoint }]);
  });

  it.each([
    ["https://STS.internal:8443/base/", "https://sts.internal:8443/base"],
    ["https://sts.internal/", "https://sts.internal"],
    ["http://localhost:4566", "http://localhost:4566"],
    ["http://127.0.0.1:4566", "http://127.0.0.1:4566"],
    ["http://[::1]:4566", "http://[::1]:4566"],
  ])("is taken: %s", (text, endpoint) => {
    expect(targetsOf({ AWS_OIDC_STS_ENDPOINT: text })).toMatchObject([{ endpoint }]);
  });

  it.each([
    ["https://sts.eu-west-1.amazonaws.com", "eu-west-1"],
    ["https://sts-fips.us-east-2.amazonaws.com", "us-east-2"],
    ["https://vpce-0f-a.sts.eu-north-1.vpce.amazonaws.com", "eu-north-1"],
    ["https://sts.amazonaws.com", "us-east-1"],
    ["https://sts.internal.example", "eu-central-1"],
    ["https://mysts.eu-west-1.example", "eu-central-1"],
  ])("%s is signed for %s, while the Region that is exported stays", (endpoint, region) => {
    expect(configOf({ AWS_OIDC_STS_ENDPOINT: endpoint, AWS_OIDC_REGION: "eu-central-1" }).sts).toMatchObject({
      targets: [{ region, endpoint }],
      exportedRegion: "eu-central-1",
    });
  });

  it.each([
    ["sts.eu-west-1.amazonaws.com", '"sts.eu-west-1.amazonaws.com" is not a URL'],
    ["https://ada:secret@:0:0", "a URL with a user name or password in it"],
    ["https:/ada:secret@sts internal", "a URL with a user name or password in it"],
    ["https://ada:0/secret@sts.internal", "a URL with a user name or password in it"],
    ["ada:secret@sts.internal", "a URL with a user name or password in it"],
    ["https://ada:secret@sts.internal", "a URL with a user name or password in it"],
    ["https://ada@sts.internal", "a URL with a user name or password in it"],
    ["https://sts.internal/?a=b", "a URL with a query or fragment"],
    ["https://sts.internal/#top", "a URL with a query or fragment"],
    ["http://sts.internal", 'the scheme "http:" with the host "sts.internal"'],
    ["http://127.0.0.1.example", 'the scheme "http:" with the host "127.0.0.1.example"'],
    ["ftp://localhost", 'the scheme "ftp:" with the host "localhost"'],
    ["https://sts.cn-north-1.amazonaws.com.cn", "cn-north-1 is in the partition aws-cn"],
  ])("is not %s", (text, found) => {
    const problems = problemsOf({ AWS_OIDC_STS_ENDPOINT: text });
    expect(problems).toMatchObject([{ subject: "sts-endpoint", found }]);
    expect(JSON.stringify(problems)).not.toContain("secret");
  });

  it("is named after the variable that it came from", () => {
    expect(problemsOf({ AWS_ENDPOINT_URL: "c.example" })).toMatchObject([{ subject: "AWS_ENDPOINT_URL" }]);
  });
});

describe("the variant", () => {
  it.each([
    [{}, "standard"],
    [{ AWS_USE_FIPS_ENDPOINT: "true" }, "fips"],
    [{ AWS_USE_DUALSTACK_ENDPOINT: "True" }, "dualstack"],
    [{ AWS_USE_FIPS_ENDPOINT: "true", AWS_USE_DUALSTACK_ENDPOINT: "true" }, "fips-dualstack"],
    [{ AWS_USE_FIPS_ENDPOINT: "false", AWS_USE_DUALSTACK_ENDPOINT: "" }, "standard"],
  ])("%j is %s, in every Region", (env, variant) => {
    const targets = targetsOf({ ...env, AWS_OIDC_FALLBACK_REGIONS: "us-east-2" });
    expect(targets).toMatchObject([{ variant }, { variant }]);
  });

  it.each(["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"])(
    "%s does not go with an endpoint by URL",
    (variable) => {
      const env = { [variable]: "true", AWS_ENDPOINT_URL: "https://sts.internal" };
      expect(problemsOf(env)).toMatchObject([
        { subject: variable, found: "true, together with AWS_ENDPOINT_URL" },
      ]);
    },
  );
});
