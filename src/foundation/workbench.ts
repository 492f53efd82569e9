/** What a sandbox's ID tokens say about the job, besides the audience. */
export interface SandboxJob {
  /** URL of the GitLab instance: `iss`. */
  readonly issuer: string;
  /** `group/project` */
  readonly project: string;
  readonly projectId: string;
  readonly namespaceId: string;
  readonly ref: { readonly type: "branch" | "tag"; readonly name: string; readonly isProtected: boolean };
  readonly environment:
    | { readonly name: string; readonly isProtected: boolean; readonly tier: string }
    | undefined;
  readonly sha: string;
  /** Names of claims; if empty, GitLab's default. */
  readonly subComponents: readonly string[];
}

/** A role that a sandbox's STS knows. */
export interface SandboxRole {
  readonly arn: string;
  /** The policy document as JSON, not parsed by our code. */
  readonly trustPolicy: unknown;
  readonly maxSessionSeconds: number;
}

/** An identity provider of an account. */
export interface SandboxProvider {
  readonly accountId: string;
  readonly partition: string;
  /** With its scheme, as `iss` has it. */
  readonly url: string;
  readonly audiences: readonly string[];
}

/** Everything that the stand-ins of a sandbox know. */
export interface SandboxWorld {
  readonly job: SandboxJob;
  readonly roles: readonly SandboxRole[];
  readonly providers: readonly SandboxProvider[];
}

/** How a request differs from a statement of a trust policy, according to the stand-in. */
export interface SandboxMiss {
  /** `StringEquals gitlab.com:sub` */
  readonly what: string;
  readonly wanted: readonly string[];
  readonly found: readonly string[];
}

/** A request to assume a role, and the decision of the stand-in for STS. */
export interface SandboxDecision {
  /** The web identity is the job's; the other is a role that assumes a second one. */
  readonly action: "AssumeRoleWithWebIdentity" | "AssumeRole";
  readonly roleArn: string;
  /** Code and message of the refusal; `undefined` for credentials. */
  readonly refusal: { readonly code: string; readonly message: string } | undefined;
  /** The trust policy by statement, counted from 1; empty if it was never read. */
  readonly statements: readonly {
    readonly number: number;
    readonly effect: "Allow" | "Deny";
    readonly misses: readonly SandboxMiss[];
  }[];
}

/** An issuer of ID tokens and an STS, running on loopback with this run's own keys. */
export interface StandIns {
  readonly stsUrl: string;
  /** Signs an ID token of the world's job. */
  mintToken(audience: string): string;
  /** Every request to assume a role so far, in order. */
  decisions(): readonly SandboxDecision[];
}

/**
 * What only the sandbox needs from the machine. Everything that it starts or writes is gone after {@link
 * Workbench.close}.
 */
export interface Workbench {
  /** The first line that git prints in the working folder; `undefined` if there is none, or git fails or is missing. */
  git(argv: readonly string[]): Promise<string | undefined>;
  /** Reads a pipeline below its header, if it has one. @throws for what is not YAML */
  parseYaml(text: string): unknown;
  /** @throws Error for a policy that IAM would not accept, with its role */
  startStandIns(world: SandboxWorld): Promise<StandIns>;
  /**
   * Creates a git repository of the components that this script carries, tagged with its version, in its own folder.
   *
   * @returns its URL
   * @throws {AwsOidcError} `CONFIG_INVALID` where the script runs without the components
   */
  provideComponents(): Promise<string>;
  /** Writes a file that nobody else can read, and returns its path. */
  writePrivateFile(name: string, contents: string): Promise<string>;
  /**
   * Runs a program with this environment, passes on the signals that this process gets, and ends what it leaves
   * running.
   *
   * @returns its exit code; 128 and more for a signal, which may have come before the program was started
   * @throws {AwsOidcError} `CONFIG_INVALID` where it cannot be started
   */
  runProgram(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<number>;
  /** Waits until this process is told to end, or has been since the workbench was opened. */
  waitForEnd(): Promise<void>;
  close(): Promise<void>;
}
