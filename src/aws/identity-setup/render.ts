import { renderPolicy } from "../trust-policy/model/render.ts";
import { type Account, buildRolePolicy, type IdentitySetup } from "./identity-setup.ts";
import { renderCloudFormation } from "./render-cloudformation.ts";
import { renderCommands } from "./render-commands.ts";
import { renderTerraform } from "./render-terraform.ts";

/** The output format of a set-up; only formats without references need the account. */
export type SetupFormat =
  | { readonly name: "json" | "cli"; readonly account: Account }
  | { readonly name: "cloudformation" | "terraform" };

/**
 * Renders a set-up as a whole document; for `json` only the trust policy, or an object of trust policies by role name.
 */
export function renderIdentitySetup(setup: IdentitySetup, format: SetupFormat): string {
  switch (format.name) {
    case "json":
      return `${renderPolicies(setup, format.account)}\n`;
    case "cli":
      return renderCommands(setup, format.account);
    case "cloudformation":
      return renderCloudFormation(setup);
    case "terraform":
      return renderTerraform(setup);
  }
}

function renderPolicies({ provider, roles }: IdentitySetup, account: Account): string {
  const policies = roles.map((role) => ({
    name: role.name,
    text: renderPolicy(buildRolePolicy(role, provider.issuer, account)),
  }));
  const [only, ...others] = policies;
  if (only !== undefined && others.length === 0) return only.text;
  return JSON.stringify(
    Object.fromEntries(policies.map(({ name, text }) => [name, JSON.parse(text)])),
    null,
    2,
  );
}
