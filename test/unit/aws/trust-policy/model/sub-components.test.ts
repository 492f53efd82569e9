import { describe, expect, it } from "vitest";
import { adviseOnClaim } from "../../../../../src/aws/trust-policy/model/sub-components.ts";

describe("a claim of which AWS makes no condition key", () => {
  it.each([
    ["project_path", undefined, "is part of `sub`"],
    ["ref", "project_id:4711:ref_type:branch:ref:main", "is part of `sub`"],
    ["project_path", "project_id:4711:ref_type:branch:ref:main", "ci_id_token_sub_claim_components"],
    ["deployment_tier", undefined, "ci_id_token_sub_claim_components"],
    ["namespace_path", undefined, "beginning of `project_path`"],
    ["environment", undefined, "but never the environment's name"],
    ["ref_path", undefined, "`ref_type` and `ref`"],
    ["iss", undefined, "the provider under `Principal` is the issuer"],
    ["job_id", undefined, "`sub` cannot contain this claim either"],
    ["constructor", undefined, "`sub` cannot contain this claim either"],
    ["pipeline_source", undefined, "`sub` cannot contain this claim either"],
  ])("is asked for in `sub` where it can be there: %s in %s", (claim, sub, advice) => {
    expect(adviseOnClaim(claim, sub)).toContain(advice);
  });
});
