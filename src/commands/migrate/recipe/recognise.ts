import { type Statement, statementsIn } from "../shell/script.ts";
import {
  ruleCleanUp,
  ruleConfiguredKeys,
  ruleDerived,
  ruleExchange,
  ruleRewritten,
} from "./credential-rules.ts";
import { commandsIn, findExchanges } from "./exchange.ts";
import { type Identity, readIdentities } from "./identities.ts";
import { exportObstacles, firstRoleObstacles, storedFileObstacles, switchObstacles } from "./obstacles.ts";
import { ruleConfiguredStaticKeys, ruleCredentialsFile, ruleExportedKeys } from "./static-rules.ts";
import {
  ruleConfigFile,
  ruleConfigured,
  rulePlainVariable,
  ruleSettings,
  ruleTokenFile,
} from "./token-rules.ts";
import { createTrace, type Obstacle, type Rule, type StaticKeys, type Trace, type Verdict } from "./trace.ts";
import { KEY_NAMES, readAssignments, soleCommand } from "./words.ts";

export interface Surroundings {
  /** Names that hold ID tokens. */
  readonly tokens: ReadonlySet<string>;
  /** `variables:` that the script sees. */
  readonly variables: ReadonlyMap<string, string>;
}

/** What a script does to become somebody to AWS. */
export interface Recognition {
  readonly identities: readonly Identity[];
  readonly staticKeys: readonly StaticKeys[];
  /** The statements that do nothing else. */
  readonly recipe: ReadonlySet<Statement>;
  readonly obstacles: readonly Obstacle[];
  /** Names of variables that go with the recipe. */
  readonly holders: ReadonlySet<string>;
  /** Paths of files that go with it. */
  readonly files: ReadonlySet<string>;
  /** Whether it writes profiles into `~/.aws`. */
  readonly hasProfiles: boolean;
}

const RULES: readonly Rule[] = [
  ruleExchange,
  ruleDerived,
  ruleRewritten,
  ruleConfiguredKeys,
  ruleTokenFile,
  ruleSettings,
  ruleConfigured,
  ruleConfigFile,
  ruleCleanUp,
  ruleExportedKeys,
  ruleConfiguredStaticKeys,
  ruleCredentialsFile,
  rulePlainVariable,
];

/** What the recipe is known by, where it is not understood. */
const SIGNS =
  /assume-role|assume_role(?:_with_web_identity)?\s*\(|AssumeRole|AWS_WEB_IDENTITY_TOKEN_FILE|web_identity_token_file|CI_JOB_JWT/;

/** Reads the statements of one job in the order in which they run. */
export function recognise(
  statements: readonly Statement[],
  { tokens, variables }: Surroundings,
): Recognition {
  const trace = createTrace(tokens, variables);
  const verdicts: [Statement, Verdict][] = [];
  for (const statement of statements) {
    noteConditional(statement, trace);
    const before = verdicts.at(-1)?.[1] ?? "kept";
    verdicts.push([statement, isExit(statement) ? before : judge(statement, trace)]);
  }
  const [end] = statements.slice(-1);
  const identities = end === undefined ? [] : readIdentities(trace, end);
  const removable: readonly Verdict[] =
    identities.length > 0 ? ["recipe", "possible"] : trace.staticKeys.length > 0 ? ["static"] : [];
  const recipe = new Set(
    verdicts.flatMap(([statement, verdict]) => (removable.includes(verdict) ? [statement] : [])),
  );
  if (recipe.size > 0) for (const statement of onlyForRecipe(statements, recipe)) recipe.add(statement);
  const kept = statements.filter((statement) => !recipe.has(statement));
  if (identities.length > 0) trace.obstacles.push(...trace.staticKeys.map(besideExchange));
  const told = new Set(trace.obstacles.map(({ statement }) => statement));
  const unknown = kept.filter(
    (statement) => SIGNS.test(wholeText(statement)) && !told.has(statement) && !isCheck(statement),
  );
  return {
    identities,
    staticKeys: identities.length > 0 ? [] : trace.staticKeys,
    recipe,
    obstacles: [
      ...trace.obstacles,
      ...unknown.map(unknownObstacle),
      ...firstRoleObstacles(identities, kept),
      ...storedFileObstacles(kept),
      ...exportObstacles([...recipe], trace),
      ...switchObstacles([...recipe]),
      ...joinObstacles(statements, recipe),
      ...forgetObstacles(statements, recipe),
    ],
    holders: new Set([...trace.holders.keys(), ...trace.settings.keys()]),
    files: new Set([...trace.answerFiles.keys(), ...trace.tokenFiles.keys()]),
    hasProfiles: trace.profiles.size + trace.profileOf.size > 0,
  };
}

/** `if …; then ROLE=a; else ROLE=b; fi` and `[ … ] && ROLE=a || ROLE=b`; a plain assignment afterwards decides again. */
function noteConditional({ commands, raw, joinedBy }: Statement, { conditional }: Trace): void {
  const depends = commands === undefined || joinedBy !== "";
  for (const [, name = ""] of raw.matchAll(/(?:^|[\s;({])([A-Za-z_]\w*)=/g)) {
    if (depends) conditional.add(name);
    else conditional.delete(name);
  }
}

/** `SESSION=ci`, which nothing but the recipe uses. */
function onlyForRecipe(
  statements: readonly Statement[],
  recipe: ReadonlySet<Statement>,
): readonly Statement[] {
  const uses = (name: string, { raw }: Statement): boolean => new RegExp(`\\$\\{?${name}\\b`).test(raw);
  return statements.filter((statement) => {
    const command = soleCommand(statement);
    const read = command && readAssignments(command);
    if (recipe.has(statement) || read === undefined || read.isExport || read.assignments.length === 0)
      return false;
    return read.assignments.every(({ name, value }) => {
      const users = statements.filter((other) => uses(name, other));
      return (
        statementsIn(value).length === 0 && users.length > 0 && users.every((other) => recipe.has(other))
      );
    });
  });
}

/** The first rule that knows the statement decides. */
function judge(statement: Statement, trace: Trace): Verdict {
  for (const rule of RULES) {
    const verdict = rule(statement, trace);
    if (verdict !== undefined) return verdict;
  }
  return "kept";
}

/** Commands that are to run without credentials, which the hidden job gives to the whole job. */
function forgetObstacles(
  statements: readonly Statement[],
  recipe: ReadonlySet<Statement>,
): readonly Obstacle[] {
  return statements.flatMap((statement, index) => {
    const isAfter = statements.slice(0, index).some((each) => findExchanges(each).length > 0);
    const isForgotten =
      UNSETS.test(statement.raw) || (recipe.has(statement) && /^rm\b.*\.aws\//.test(statement.raw));
    if (recipe.size === 0 || !isAfter || !isForgotten) return [];
    const rest = statements.slice(index + 1);
    const again = rest.findIndex((each) => findExchanges(each).length > 0);
    const without = (again < 0 ? rest : rest.slice(0, again)).find(
      (each) => !recipe.has(each) && !isExit(each) && !/^(?:echo|printf|exit|set|true|:)\b/.test(each.raw),
    );
    if (without === undefined) return [];
    const found =
      "this takes the credentials away from the commands after it; the hidden job gives them to all";
    const fix = "Move those commands into a separate job, or remove this one, then run this again.";
    return [{ statement, found, fix }];
  });
}

const UNSETS = new RegExp(`^unset\\b.*\\b(?:${KEY_NAMES.join("|")})\\b`);

/** `|| exit 1` belongs to the command before it. */
function isExit({ joinedBy, raw }: Statement): boolean {
  return joinedBy === "||" && /^(?:exit|return|false)\b[\s\d]*$/.test(raw);
}

/** Which of the two the job uses depends on their order. */
function besideExchange({ statement }: StaticKeys): Obstacle {
  const fix = "Decide which the job is to use, take the other out, and run this again.";
  return { statement, found: "this job uses stored keys besides the exchange", fix };
}

/** With its here-documents, which `raw` does not have. */
function wholeText(statement: Statement): string {
  const documents = commandsIn(statement).flatMap(({ redirects }) =>
    redirects.flatMap(({ operator, target }) => (operator.startsWith("<<") ? [target.raw] : [])),
  );
  return [statement.raw, ...documents].join("\n");
}

/** `test -f $AWS_WEB_IDENTITY_TOKEN_FILE` and `echo` go on as before. */
function isCheck(statement: Statement): boolean {
  const text = wholeText(statement);
  return /^(?:test|\[|ls|wc|cat|stat)\s/.test(text) && !/assume-role/.test(text) && text === statement.raw;
}

function unknownObstacle(statement: Statement): Obstacle {
  const how =
    statement.commands === undefined
      ? "is in an `if`, a loop or a function"
      : "is in a form that is not known here";
  return {
    statement,
    found: `this part of the exchange ${how}`,
    fix: "Change the job by hand, as docs/migration.md shows.",
  };
}

/** What is joined by `&&` and `||` goes or stays together. */
function joinObstacles(
  statements: readonly Statement[],
  recipe: ReadonlySet<Statement>,
): readonly Obstacle[] {
  return statements.flatMap((statement, index) => {
    const before = statements[index - 1];
    if (statement.joinedBy === "" || before === undefined || recipe.has(statement) === recipe.has(before))
      return [];
    return [
      {
        statement,
        found: `this command is joined to the exchange by ${statement.joinedBy}`,
        fix: "Put it on its own line, then run this again.",
      },
    ];
  });
}
