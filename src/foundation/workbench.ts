/** What a sandbox's ID tokens say of the job, besides the audience. */
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
  /** Names of claims; none stand for GitLab's default. */
  readonly subComponents: readonly string[];
}

/** A role that a sandbox's STS knows. */
export interface SandboxRole {
  readonly arn: string;
  /** The policy document as JSON, which nothing of ours has read. */
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

/** All that the stand-ins of a sandbox know. */
export interface SandboxWorld {
  readonly job: SandboxJob;
  readonly roles: readonly SandboxRole[];
  readonly providers: readonly SandboxProvider[];
}

/** In what a request differs from a statement of a trust policy, as the stand-in has it. */
export interface SandboxMiss {
  /** `StringEquals gitlab.com:sub` */
  readonly what: string;
  readonly wanted: readonly string[];
  readonly found: readonly string[];
}

/** A request to assume a role, and what the stand-in of STS made of it. */
export interface SandboxDecision {
  /** The web identity is the job's; the other is a role that assumes a second one. */
  readonly action: "AssumeRoleWithWebIdentity" | "AssumeRole";
  readonly roleArn: string;
  /** Code and message of the refusal; `undefined` for credentials. */
  readonly refusal: { readonly code: string; readonly message: string } | undefined;
  /** The trust policy by statement, counted from 1; none where it did not come to that. */
  readonly statements: readonly {
    readonly number: number;
    readonly effect: "Allow" | "Deny";
    readonly misses: readonly SandboxMiss[];
  }[];
}

/** An issuer of ID tokens and an STS, running on loopback with keys of this run. */
export interface StandIns {
  readonly stsUrl: string;
  /** Signs an ID token of the world's job. */
  mintToken(audience: string): string;
  /** Every request to assume a role so far, in order. */
  decisions(): readonly SandboxDecision[];
}

/** What only the sandbox needs of the machine. Whatever it starts or writes is gone after {@link Workbench.close}. */
export interface Workbench {
  /** What git prints in the working folder, without the last line break; `undefined` where it fails, or is missing. */
  git(argv: readonly string[]): Promise<string | undefined>;
  /** @throws for what is not YAML */
  parseYaml(text: string): unknown;
  /** @throws Error for a policy that IAM would not accept, saying of which role */
  startStandIns(world: SandboxWorld): Promise<StandIns>;
  /**
   * Makes a git repository of the components that this script carries, tagged with its version, in a folder of its own.
   *
   * @returns its URL
   * @throws {AwsOidcError} `CONFIG_INVALID` where the script runs without the components
   */
  provideComponents(): Promise<string>;
  /** Writes a file that nobody else can read, and tells its path. */
  writePrivateFile(name: string, contents: string): Promise<string>;
  /**
   * Runs a program with this environment, which gets the signals that this process gets, and ends what it leaves running.
   *
   * @returns its exit code; 128 and more for a signal
   * @throws {AwsOidcError} `CONFIG_INVALID` where it cannot be started
   */
  runProgram(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<number>;
  /** Waits until somebody ends this process. */
  waitForEnd(): Promise<void>;
  close(): Promise<void>;
}
