import { buildProviderArn } from "../trust-policy/model/provider.ts";
import { renderPolicy } from "../trust-policy/model/render.ts";
import { type Account, buildSetupPolicy, type IdentitySetup } from "./identity-setup.ts";
import { renderCloudFormation } from "./render-cloudformation.ts";
import { renderCommands } from "./render-commands.ts";
import { renderTerraform } from "./render-terraform.ts";

/** How to write a set-up down; only what leaves no place for a reference needs the account. */
export type SetupFormat =
  | { readonly name: "json" | "cli"; readonly account: Account }
  | { readonly name: "cloudformation" | "terraform" };

/** Renders a set-up as a whole document, or its trust policy alone for `json`. */
export function renderIdentitySetup(setup: IdentitySetup, format: SetupFormat): string {
  switch (format.name) {
    case "json": {
      const providerArn = buildProviderArn(format.account, setup.provider.issuer);
      return `${renderPolicy(buildSetupPolicy(setup, providerArn))}\n`;
    }
    case "cli":
      return renderCommands(setup, format.account);
    case "cloudformation":
      return renderCloudFormation(setup);
    case "terraform":
      return renderTerraform(setup);
  }
}
