import type { OpenInputs } from "./checkout-inputs.ts";
import type { RawInputs } from "./inputs/raw-inputs.ts";
import type { TrustPolicyInputName } from "./inputs/trust-policy-inputs.ts";
import { REF_FLAGS } from "./ref-scope-config.ts";
import { flagsOfRoles } from "./role-list-config.ts";
import { isWritten, type TrustPolicyFlags } from "./trust-policy-flags.ts";

/** What `trust-policy` takes from git; nothing where flags say which projects are meant. */
export function findOpenScope(flags: TrustPolicyFlags): OpenInputs | undefined {
  const roles = flagsOfRoles(flags);
  const isAnyWritten = (names: readonly TrustPolicyInputName[]): boolean =>
    roles.some((own) => names.some((name) => isWritten(own(name))));
  if (isAnyWritten(["project", "group", "project-id", "no-checkout"])) return undefined;
  const issuer = flags("issuer");
  return {
    branch: isAnyWritten(REF_FLAGS) ? "given" : "default",
    issuer: isWritten(issuer) ? issuer.text : undefined,
  };
}

/** What `doctor` takes from git; nothing where flags say whose job it is, or ask about none. */
export function findOpenJob(raw: RawInputs): OpenInputs | undefined {
  const isSaid = (["project", "claims", "explain", "no-checkout"] as const).some((name) =>
    isWritten(raw(name)),
  );
  if (isSaid) return undefined;
  // `--merge-request` without a value is about the branch.
  const isRefOpen = !isWritten(raw("branch")) && !isWritten(raw("tag")) && !raw("merge-request").text;
  return {
    branch: isRefOpen ? "current" : "given",
    issuer: isWritten(raw("issuer")) ? raw("issuer").text : undefined,
  };
}
