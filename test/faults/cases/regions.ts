import type { Route } from "../../fakes/proxy.ts";
import type { Environment, FaultCase, Stage } from "../fault-case.ts";

const FIRST = "sts.eu-west-1.amazonaws.com:443";
const SECOND = "sts.eu-central-1.amazonaws.com:443";

/** Sends the real host names of two Regions to the stand-ins, over a proxy, as nothing else can on loopback. */
function routes(first?: Route): NonNullable<FaultCase["proxy"]> {
  return ({ sts, second }) => ({
    routes: { [FIRST]: first ?? { toPort: sts.port }, [SECOND]: { toPort: second.port } },
  });
}

function regions(fallback: string | undefined): (stage: Stage) => Environment {
  return ({ proxy }) => ({
    AWS_OIDC_STS_ENDPOINT: undefined,
    AWS_OIDC_REGION: "eu-west-1",
    AWS_OIDC_FALLBACK_REGIONS: fallback,
    HTTPS_PROXY: proxy.url,
  });
}

/** The second Region answers. */
const ANSWERED_BY_SECOND = {
  seconds: 30,
  env: regions("eu-central-1"),
  exitCode: 0,
  firstLine: /assumed-role\/deploy/,
  log: /answered by +STS eu-central-1/,
  askedAgain: "in the next Region, at once",
  takes: "at once",
} as const;

/** `fallback-regions` */
export const REGION_CASES: readonly FaultCase[] = [
  {
    ...ANSWERED_BY_SECOND,
    fault: "The first Region cannot be reached, the second can",
    proxy: routes({ refuseWith: 502 }),
    requests: 2,
    tunnels: 2,
  },
  {
    ...ANSWERED_BY_SECOND,
    fault: "The first Region does not answer, the second does",
    seconds: 4,
    proxy: routes(),
    misbehave: [{ fault: { kind: "hang" }, times: "forever" }],
    requests: 3,
    takes: "10 s more",
  },
  {
    ...ANSWERED_BY_SECOND,
    fault: "The first Region fails with HTTP 503, the second works",
    proxy: routes(),
    misbehave: [{ fault: { kind: "server-error", status: 503, retryAfterSeconds: 30 }, times: "forever" }],
    requests: 3,
  },
  {
    ...ANSWERED_BY_SECOND,
    fault: "The first Region asks for 60 seconds with `retry-after`, the second fails once",
    proxy: routes(),
    misbehave: [{ fault: { kind: "server-error", status: 503, retryAfterSeconds: 60 }, times: "forever" }],
    secondMisbehave: [{ fault: { kind: "server-error", status: 503 } }],
    requests: 4,
    askedAgain: "in the next Region, twice",
    takes: "0.5 s more",
  },
  {
    ...ANSWERED_BY_SECOND,
    fault: "STS is not enabled in the first Region, and is in the second",
    proxy: routes(),
    misbehave: [
      {
        fault: {
          kind: "error",
          status: 403,
          code: "RegionDisabledException",
          message: "STS is not activated in this region for account:123456789012.",
        },
        times: "forever",
      },
    ],
    requests: 3,
  },
  {
    ...ANSWERED_BY_SECOND,
    fault: "The first Region refuses: the second is not asked",
    proxy: routes(),
    misbehave: [
      {
        fault: {
          kind: "error",
          status: 403,
          code: "AccessDenied",
          message: "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        },
        times: "forever",
      },
    ],
    exitCode: 1,
    firstLine: /./,
    log: /AccessDenied/,
    requests: 1,
    tunnels: 1,
    askedAgain: "no",
  },
  {
    ...ANSWERED_BY_SECOND,
    fault: "The first Region throttles once: the second is not asked",
    proxy: routes(),
    misbehave: [{ fault: { kind: "throttling" } }],
    log: /answered by +STS eu-west-1/,
    requests: 3,
    tunnels: 1,
    askedAgain: "yes",
    takes: "0.5 s more",
  },
  {
    ...ANSWERED_BY_SECOND,
    fault: "The first Region fails between AssumeRoleWithWebIdentity and GetCallerIdentity",
    proxy: ({ sts }) => ({ routes: { [FIRST]: { toPort: sts.port }, [SECOND]: { toPort: sts.port } } }),
    misbehave: [{ fault: { kind: "server-error", status: 503 }, action: "GetCallerIdentity" }],
    log: /answered by +STS eu-west-1/,
    requests: 3,
    tunnels: 2,
  },
  {
    ...ANSWERED_BY_SECOND,
    fault: "No Region can be reached: the first error is shown",
    seconds: 3,
    proxy: () => ({ routes: { [FIRST]: { refuseWith: 504 } } }),
    exitCode: 1,
    firstLine: /504/,
    log: /STS eu-west-1 \(\d+ times\), STS eu-central-1 \(\d+ times\)/,
    requests: 0,
    tunnels: [4, 30],
    askedAgain: "in turn",
    takes: "`timeout-seconds`",
  },
];
