import type { Statement } from "../shell/script.ts";
import type { Identity } from "./identities.ts";
import type { Obstacle, Trace } from "./trace.ts";

/** Commands that use the first role of a chain by its profile, which the component does not make. */
export function firstRoleObstacles(
  identities: readonly Identity[],
  kept: readonly Statement[],
): readonly Obstacle[] {
  return identities.flatMap(({ second }) => {
    const first = second?.sourceProfile;
    if (first === undefined) return [];
    const named = new RegExp(`(?:--profile[ =]|\\bAWS_PROFILE=)["']?${first}\\b`);
    return kept
      .filter(({ raw }) => named.test(raw))
      .map((statement) => ({
        statement,
        found: `this command uses the profile ${first}, and others use the role that it assumes`,
        fix: "Include the component once for each of the two roles: docs/use/several-roles.md.",
      }));
  });
}

/** Keys under other names, such as TF_VAR_secret_key, which programs read though no command names them. */
export function exportObstacles(recipe: readonly Statement[], { holders }: Trace): readonly Obstacle[] {
  const names = [...holders.keys()].filter(
    (name) => !name.startsWith("AWS_") && /^TF_VAR_|ACCESS_?KEY|SECRET|SESSION_?TOKEN/i.test(name),
  );
  return recipe.flatMap((statement) => {
    const name = names.find((each) => new RegExp(`^export\\b.*\\b${each}=`, "s").test(statement.raw));
    if (name === undefined) return [];
    const found = `programs may read ${name}, which this command exports`;
    const fix = "Let them use the variables of AWS, and run this again without this command.";
    return [{ statement, found, fix }];
  });
}

/** Profiles that are written from somewhere else, with keys in them. */
export function storedFileObstacles(kept: readonly Statement[]): readonly Obstacle[] {
  return kept
    .filter(({ raw }) => CREDENTIALS_FILE.test(raw))
    .map((statement) => ({
      statement,
      found: "this command takes keys from elsewhere, in a file of profiles",
      fix: "Include assume-role and name it in `needs`: docs/migration.md, from static keys.",
    }));
}

const CREDENTIALS_FILE =
  /(?:>\s*|\b(?:cp|mv|tee|ln|install)\b[^|;&]*\s)["']?(?:~|\/root|\$\{?HOME\}?)\/\.aws\/credentials\b|\bAWS_SHARED_CREDENTIALS_FILE=/;
