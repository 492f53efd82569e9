import { describe, expect, it } from "vitest";
import { evaluateTrustPolicy } from "../../../../src/aws/trust-policy/evaluate/evaluate.ts";
import { parseTrustPolicy } from "../../../../src/aws/trust-policy/model/parse.ts";
import { buildRequestContext } from "../../../../src/aws/trust-policy/model/request.ts";
import { buildIdTokenClaims, type TokenDescription } from "../../../../stand-ins/gitlab-job.ts";
import { START } from "../../../harness/memory-host.ts";
import { runInMemory } from "../../../harness/run-in-memory.ts";
import { alter, NEAR_MISSES } from "./near-misses.ts";
import { ACCOUNT } from "./read-back.ts";

const ISS = "https://gitlab.com";

/** Flags given more than once, and the jobs that the role is then for. */
interface RepeatedCase {
  readonly flags: readonly string[];
  readonly admits: readonly TokenDescription[];
}

const shop = ["--project=acme/shop"];
const api = { project: "acme/api", projectId: "4712" };

const CASES: readonly RepeatedCase[] = [
  {
    flags: [...shop, "--branch", "main", "--branch", "release"],
    admits: [{ ref: "main" }, { ref: "release" }],
  },
  {
    flags: [...shop, "--branch=main,stable", "--branch", "release"],
    admits: [{ ref: "main" }, { ref: "stable" }, { ref: "release" }],
  },
  {
    flags: [...shop, "--tag=v1.0", "--tag=v2.0"],
    admits: [
      { ref: "v1.0", refType: "tag" },
      { ref: "v2.0", refType: "tag" },
    ],
  },
  {
    flags: [...shop, "--project=acme/api", "--branch=main", "--branch=release"],
    admits: [{}, { ref: "release" }, api, { ...api, ref: "release" }],
  },
  {
    flags: [...shop, "--project=acme/api", "--project-id=4711", "--project-id=4712", "--branch=main"],
    admits: [{}, api],
  },
];

async function generate(flags: readonly string[]) {
  const run = await runInMemory({
    argv: ["trust-policy", `--account=${ACCOUNT.accountId}`, ...flags],
    env: { GITLAB_OIDC_TOKEN: undefined, CI_SERVER_URL: undefined },
  });
  const parsed = parseTrustPolicy(run.stdout);
  if (parsed.kind !== "policy") throw new Error(run.stderr);
  return parsed.policy;
}

const subjectOf = (iss: string, token: TokenDescription) => buildIdTokenClaims(iss, token, START);

describe.each(CASES)("$flags", ({ flags, admits }) => {
  it("admits each of the jobs, and nothing that only resembles one", async () => {
    const policy = await generate(flags);
    const outcomeOf = (iss: string, token: TokenDescription): string => {
      const claims = subjectOf(iss, token);
      return evaluateTrustPolicy(
        policy,
        buildRequestContext({ role: { arn: "", ...ACCOUNT }, issuer: iss, claims }),
      ).outcome;
    };
    for (const token of admits) expect(outcomeOf(ISS, token), JSON.stringify(token)).toBe("allowed");
    const wanted = admits.map((token) => subjectOf(ISS, token).sub);
    const misses = admits.flatMap((token) =>
      Object.entries(NEAR_MISSES).map(([what, change]) => ({ what, ...alter({ iss: ISS, token }, change) })),
    );
    const others = misses.filter(
      ({ iss, token }) => iss !== ISS || token.aud !== ISS || !wanted.includes(subjectOf(iss, token).sub),
    );
    expect(others.length).toBe(misses.length);
    for (const { what, iss, token } of others)
      expect(outcomeOf(iss, token), `${what}: ${JSON.stringify(token)}`).toBe("implicitly-denied");
  });
});
