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
    const named = /(?:--profile[ =]|\bAWS_(?:DEFAULT_)?PROFILE=)["']?([^\s"';&|]+)/g;
    return kept
      .filter(({ raw }) => [...raw.matchAll(named)].some(([, profile]) => profile === first))
      .map((statement) => ({
        statement,
        found: `this command uses the profile ${first}, and others use the role that it assumes`,
        fix: "Include the component once for each of the two roles: docs/use/several-roles.md.",
      }));
  });
}

const AWS_NAMES = new Set(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]);

/** Keys under other names, such as TF_VAR_secret_key, which programs read though no command names them. */
export function exportObstacles(recipe: readonly Statement[], { holders }: Trace): readonly Obstacle[] {
  const names = [...holders.keys()].filter(
    (name) => !AWS_NAMES.has(name) && /^TF_VAR_|ACCESS_?KEY|SECRET|SESSION_?TOKEN/i.test(name),
  );
  return recipe.flatMap((statement) => {
    const name = names.find((each) =>
      new RegExp(`^(?:export|declare|eval)\\b.*\\b${each}\\b`, "s").test(statement.raw),
    );
    if (name === undefined) return [];
    const found = `programs may read ${name}, which this command exports`;
    const fix = "Let them use the variables of AWS, and run this again without this command.";
    return [{ statement, found, fix }];
  });
}

/** Commands between two settings of the profile act as the first of them; the component sets one for the whole job. */
export function switchObstacles(recipe: readonly Statement[]): readonly Obstacle[] {
  const settings = recipe.flatMap((statement) => {
    const [, profile] = /\bAWS_(?:DEFAULT_)?PROFILE=["']?([^\s"';&|]+)/.exec(statement.raw) ?? [];
    return profile === undefined ? [] : [{ statement, profile }];
  });
  return settings
    .filter(({ profile }) => profile !== settings[0]?.profile)
    .map(({ statement, profile }) => ({
      statement,
      found: `from here on the commands use the profile ${profile}, and those before it ${settings[0]?.profile}`,
      fix: "Give each role its own include, and each command its `--profile`: docs/use/several-roles.md.",
    }));
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
