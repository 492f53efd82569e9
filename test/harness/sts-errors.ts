import { StsError, type StsFault, type StsTarget } from "../../src/aws/sts/sts.ts";

/** The public endpoint of a Region. */
export function targetIn(region: string): StsTarget {
  return { region, endpoint: undefined, variant: "standard" };
}

type Facts = Partial<Pick<StsError, "target" | "retryAfterMs" | "clockCorrected">>;

const ACTION = "AssumeRoleWithWebIdentity";

export function stsError(fault: StsFault, message = "", facts: Facts = {}): StsError {
  return new StsError(message, { action: ACTION, target: targetIn("eu-central-1"), fault, ...facts });
}

/** An error that STS answers with. */
export function refusal(
  code: string,
  message = "",
  facts: Facts & { readonly httpStatus?: number } = {},
): StsError {
  const { httpStatus = 400, ...rest } = facts;
  return stsError({ kind: "service", code, httpStatus, requestId: "c6104cbe" }, message, rest);
}

export const ACCESS_DENIED = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

/** What STS says of the second role of a chain; the reason may follow. */
export const CHAIN_DENIED =
  "User: arn:aws:sts::123456789012:assumed-role/deploy/s is not authorized to perform: sts:AssumeRole " +
  "on resource: arn:aws:iam::210987654321:role/production";
