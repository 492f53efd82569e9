import { renderPolicy } from "../trust-policy/model/render.ts";
import { buildSetupPolicy, type IdentitySetup } from "./identity-setup.ts";

/** The trust policy as an object, with a reference to the provider in the place of its ARN. */
export function buildPolicyObject<Reference>(
  setup: IdentitySetup,
  provider: Reference,
): Readonly<Record<string, unknown>> {
  const policy = renderPolicy(buildSetupPolicy(setup, ""));
  return JSON.parse(policy, (member, value) => (member === "Federated" ? provider : value));
}
