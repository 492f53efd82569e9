import { STSClient } from "@aws-sdk/client-sts";
import { expect, it } from "vitest";
import { PARTITIONS } from "../../../../src/aws/partitions.ts";
import type { StsTarget } from "../../../../src/aws/sts/sts.ts";
import { buildStsUrl } from "../../../../src/aws/sts/sts-url.ts";

const VARIANTS: readonly StsTarget["variant"][] = ["standard", "fips", "dualstack", "fips-dualstack"];
const TARGETS = PARTITIONS.flatMap(({ regions }) => regions).flatMap((region) =>
  VARIANTS.map((variant): StsTarget => ({ region, endpoint: undefined, variant })),
);

async function urlOfSdk({ region, variant }: StsTarget): Promise<string | undefined> {
  const { config } = new STSClient({ region });
  const endpoint = await config.endpointProvider?.({
    Region: region,
    UseFIPS: variant.startsWith("fips"),
    UseDualStack: variant.endsWith("dualstack"),
    UseGlobalEndpoint: false,
  });
  return endpoint?.url.origin;
}

it.each(TARGETS)("is that of the AWS SDK for $region, $variant", async (target) => {
  expect(buildStsUrl(target)).toBe(await urlOfSdk(target));
});

it("is the endpoint itself where one is given", () => {
  const endpoint = "https://vpce-1.sts.eu-central-1.vpce.amazonaws.com";
  expect(buildStsUrl({ region: "eu-central-1", endpoint, variant: "standard" })).toBe(endpoint);
});
