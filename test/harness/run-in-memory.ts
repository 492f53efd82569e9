import type {
  AssumedRole,
  AssumeRoleWithWebIdentityInput,
  CallerIdentity,
  ConnectSts,
  StsTarget,
} from "../../src/aws/sts/sts.ts";
import { runCli } from "../../src/cli.ts";
import { type FindWay, PageError } from "../../src/foundation/ports.ts";
import { Secret } from "../../src/foundation/secret.ts";
import { JOB_ENVIRONMENT } from "./assume-role-config.ts";
import { assertDoctorJson } from "./doctor-schema.ts";
import {
  createMemoryHost,
  type MemoryFile,
  type MemoryHost,
  type MemoryHostOptions,
  START,
} from "./memory-host.ts";
import { findSecrets } from "./secret-search.ts";

export const SECRET_ACCESS_KEY = "9drTJvcXLB89EXAMPLELB8923FB892xMFI/+aBcD";
export const SESSION_TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJHMEUCIQ==";

/** How STS behaves; like a working one unless told otherwise. */
export interface MemorySts {
  readonly assumeRoleWithWebIdentity?: (
    input: AssumeRoleWithWebIdentityInput,
    target: StsTarget,
  ) => Promise<AssumedRole>;
  readonly getCallerIdentity?: (target: StsTarget) => Promise<CallerIdentity>;
}

export interface InMemoryOptions extends Omit<MemoryHostOptions, "env"> {
  readonly argv?: readonly string[];
  /** Besides that of the job. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly sts?: MemorySts;
  /** In place of `sts`. */
  readonly connectSts?: ConnectSts;
  /** Without a proxy unless given. */
  readonly findWay?: FindWay;
}

export interface InMemoryRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly written: ReadonlyMap<string, MemoryFile>;
  readonly host: MemoryHost;
}

type Asked = Pick<AssumeRoleWithWebIdentityInput, "roleArn" | "roleSessionName">;

/** The account that an ARN names. */
function accountIn(arn: string): string {
  return arn.split(":")[4] ?? "";
}

/** What a working STS answers for an hour from the start of the run. */
export function assumedRole({ roleArn, roleSessionName }: Asked): AssumedRole {
  const [, partition] = roleArn.split(":");
  const name = roleArn.slice(roleArn.lastIndexOf("/") + 1);
  return {
    arn: `arn:${partition}:sts::${accountIn(roleArn)}:assumed-role/${name}/${roleSessionName}`,
    credentials: {
      accessKeyId: new Secret("ASIAIOSFODNN7EXAMPLE", "access key id"),
      secretAccessKey: new Secret(SECRET_ACCESS_KEY, "secret access key"),
      sessionToken: new Secret(SESSION_TOKEN, "session token"),
      expiration: new Date(START.getTime() + 3_600_000),
    },
  };
}

function connectTo(sts: MemorySts): ConnectSts {
  let latest = "";
  const remember = (assumed: AssumedRole): AssumedRole => {
    latest = assumed.arn;
    return assumed;
  };
  const {
    assumeRoleWithWebIdentity = async (input) => assumedRole(input),
    getCallerIdentity = async () => ({ accountId: accountIn(latest), arn: latest }),
  } = sts;
  return async (target) => ({
    assumeRoleWithWebIdentity: async (input) => remember(await assumeRoleWithWebIdentity(input, target)),
    signedBy: () => ({
      assumeRole: async (input) => remember(assumedRole(input)),
      getCallerIdentity: () => getCallerIdentity(target),
    }),
  });
}

/**
 * Runs the program in this process, without a file or a connection, so that it reaches no page; the job is that of
 * {@link JOB_ENVIRONMENT}.
 *
 * @throws when the ID token or a credential is found in what it printed
 */
export async function runInMemory(options: InMemoryOptions = {}): Promise<InMemoryRun> {
  const { argv = ["assume-role"], env, sts = {}, connectSts = connectTo(sts), ...others } = options;
  const { findWay = () => ({ kind: "direct" }), ...rest } = others;
  // Without colours: what is painted is the painter's test.
  const host = createMemoryHost({ ...rest, env: { ...JOB_ENVIRONMENT, NO_COLOR: "1", ...env } });
  const exitCode = await runCli(argv, host, {
    connectSts,
    fetchPage: () => Promise.reject(new PageError("refused", { code: "ECONNREFUSED", presented: [] })),
    findWay,
  });
  const [stdout, stderr] = [host.stdout(), host.stderr()];
  assertDoctorJson(argv, stdout);
  const secrets = [host.env.GITLAB_OIDC_TOKEN ?? "", SECRET_ACCESS_KEY, SESSION_TOKEN];
  const printed = findSecrets(stdout + stderr, secrets);
  if (printed.length > 0) throw new Error(`secrets were printed: ${printed.join("; ")}`);
  return { exitCode, stdout, stderr, written: host.written, host };
}
