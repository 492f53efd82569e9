/** What a provenance must say before it is published. */
export interface ExpectedProvenance {
  /** SHA-256 of every published file, by its path in the artifacts of the job that created it. */
  readonly files: ReadonlyMap<string, string>;
  /** `group/project` */
  readonly projectPath: string;
  readonly commit: string;
  /** The job that created the files. */
  readonly job: string;
}

/** An in-toto statement with a SLSA provenance; only the parts that are checked. */
interface Statement {
  readonly _type?: unknown;
  readonly predicateType?: unknown;
  readonly subject?: readonly { readonly name?: unknown; readonly digest?: { readonly sha256?: unknown } }[];
  readonly predicate?: {
    readonly buildDefinition?: {
      readonly externalParameters?: Readonly<Record<string, unknown>>;
      readonly resolvedDependencies?: readonly {
        readonly uri?: unknown;
        readonly digest?: { readonly sha256?: unknown };
      }[];
    };
    readonly runDetails?: { readonly builder?: { readonly id?: unknown } };
  };
}

const STATEMENT_TYPE = "https://in-toto.io/Statement/v0.1";
const PREDICATE_TYPE = "https://slsa.dev/provenance/v1";

/**
 * Says why a provenance from GitLab Runner must not be published: a file that it does not cover or covers with
 * different content, another commit, project or job, or a value that might be a secret.
 *
 * @see https://docs.gitlab.com/ci/runners/configure_runners/#provenance-metadata-format; there the commit is
 *   `sha256`
 */
export function findProvenanceFaults(text: string, expected: ExpectedProvenance): readonly string[] {
  const statement = parseStatement(text);
  if (statement === undefined) return ["it is not JSON"];
  if (statement._type !== STATEMENT_TYPE || statement.predicateType !== PREDICATE_TYPE) {
    return [
      `it is ${String(statement._type)} with ${String(statement.predicateType)}, not ${STATEMENT_TYPE} with ${PREDICATE_TYPE}: use a newer GitLab Runner`,
    ];
  }
  return [
    ...fileFaults(statement, expected),
    ...sourceFaults(statement, expected),
    ...parameterFaults(statement, expected),
  ];
}

function parseStatement(text: string): Statement | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function fileFaults({ subject = [] }: Statement, { files }: ExpectedProvenance): readonly string[] {
  return [...files].flatMap(([path, sha256]) => {
    const [found, ...others] = subject.filter(({ name }) => name === path);
    if (found === undefined) return [`it does not name ${path}`];
    const isSame = others.length === 0 && found.digest?.sha256 === sha256;
    return isSame ? [] : [`it names ${path} with a different SHA-256 from ${sha256}`];
  });
}

function sourceFaults(
  { predicate }: Statement,
  { projectPath, commit }: ExpectedProvenance,
): readonly string[] {
  const [source, ...others] = predicate?.buildDefinition?.resolvedDependencies ?? [];
  const builder = predicate?.runDetails?.builder?.id;
  return [
    ...(others.length === 0 && source?.digest?.sha256 === commit
      ? []
      : [`it is not for the commit ${commit}`]),
    ...(isProject(source?.uri, projectPath) ? [] : [`it is not for the project ${projectPath}`]),
    ...(isProject(String(builder).replace(/\/-\/runners\/\d+$/, ""), projectPath)
      ? []
      : [`it is not from a runner of ${projectPath}`]),
  ];
}

/** Whether a URL is the project's, without credentials in it. */
function isProject(uri: unknown, projectPath: string): boolean {
  if (typeof uri !== "string" || !URL.canParse(uri)) return false;
  const { username, password, search, pathname } = new URL(uri);
  return username + password + search === "" && pathname.endsWith(`/${projectPath}`);
}

/** The runner names the job's variables; a value with one of them could be a secret. */
function parameterFaults(
  { predicate }: Statement,
  { projectPath, job }: ExpectedProvenance,
): readonly string[] {
  const { entryPoint, source, ...variables } = predicate?.buildDefinition?.externalParameters ?? {};
  const withValues = Object.keys(variables).filter((name) => variables[name] !== "");
  return [
    ...(entryPoint === job ? [] : [`it is not for the job ${job}`]),
    ...(isProject(source, projectPath) ? [] : [`its source is not the project ${projectPath}`]),
    ...withValues.map((name) => `it contains a value of the variable ${name}, which must not be published`),
  ];
}
