import { AwsOidcError } from "../../foundation/errors.ts";
import { quote } from "../../foundation/quote.ts";
import type { RoleArn } from "../arn.ts";
import { type Answered, type AttemptPlan, ask } from "./attempts.ts";
import type {
  AssumedRole,
  AssumeRoleInput,
  AssumeRoleWithWebIdentityInput,
  CallerIdentity,
  ConnectSts,
  Credentials,
  StsTarget,
} from "./sts.ts";

export interface Exchange {
  readonly assumed: AssumedRole;
  /** Who AWS says the credentials belong to; absent if it was not asked. */
  readonly identity: CallerIdentity | undefined;
  /** The STS that answered. */
  readonly target: StsTarget;
}

export interface ExchangeRequest {
  readonly webIdentity: Assumption<AssumeRoleWithWebIdentityInput>;
  /** The role to assume with the credentials of the first one: role chaining. */
  readonly chained: Assumption<AssumeRoleInput> | undefined;
  readonly verify: "identity" | "none";
}

/** The request to STS, and the role that its answer must be for. */
export interface Assumption<Input> {
  readonly role: RoleArn;
  readonly input: Input;
}

interface ExchangeTools {
  /** Returns the same connection every time for the same target. */
  readonly connectSts: ConnectSts;
  /** Called with credentials before they are used, since an error of the next request may quote them. */
  readonly onCredentials: (credentials: Credentials) => void;
}

/**
 * Exchanges the ID token for temporary credentials, assumes a second role with them if one is asked for and, if wanted,
 * asks AWS who the final credentials belong to. Each answer is checked against its request before it is used.
 *
 * @throws {StsAttemptsError}
 * @throws {AwsOidcError} `IDENTITY_MISMATCH`
 */
export async function exchangeIdToken(
  { webIdentity, chained, verify }: ExchangeRequest,
  plan: AttemptPlan,
  { connectSts, onCredentials }: ExchangeTools,
): Promise<Exchange> {
  const receive = (answered: Answered<AssumedRole>, role: RoleArn): Answered<AssumedRole> => {
    onCredentials(answered.answer.credentials);
    assertSessionOf(role, answered.answer);
    return answered;
  };

  const exchanged = await ask(plan, {
    action: "AssumeRoleWithWebIdentity",
    send: async (at, signal) => (await connectSts(at)).assumeRoleWithWebIdentity(webIdentity.input, signal),
  });
  const first = receive(exchanged, webIdentity.role);

  const { answer: assumed, target } =
    chained === undefined
      ? first
      : receive(
          await ask(startingAt(first.target, plan), {
            action: "AssumeRole",
            send: async (at, signal) =>
              (await connectSts(at)).signedBy(first.answer.credentials).assumeRole(chained.input, signal),
          }),
          chained.role,
        );
  if (verify === "none") return { assumed, identity: undefined, target };

  const { answer: identity } = await ask(startingAt(target, plan), {
    action: "GetCallerIdentity",
    send: async (at, signal) =>
      (await connectSts(at)).signedBy(assumed.credentials).getCallerIdentity(signal),
  });
  assertSameIdentity(assumed, identity, (chained ?? webIdentity).role);
  return { assumed, identity, target };
}

/**
 * Compares the role's partition, account and name in an answer with the requested role; a role's path is not part of
 * its sessions' ARNs.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
 */
function assertSessionOf({ text, partition, accountId, name }: RoleArn, { arn }: AssumedRole): void {
  const session = `arn:${partition}:sts::${accountId}:assumed-role/${name}/`;
  if (arn.startsWith(session) && /^[\w+=,.@-]{2,64}$/.test(arn.slice(session.length))) return;
  throw mismatch(`STS answered for ${quote(arn)}, which is not a session of ${text}`);
}

function assertSameIdentity(assumed: AssumedRole, identity: CallerIdentity, { accountId }: RoleArn): void {
  if (identity.arn === assumed.arn && identity.accountId === accountId) return;
  const owner = `${quote(identity.arn)} in account ${quote(identity.accountId)}`;
  throw mismatch(`the credentials that STS gave for ${assumed.arn} belong to ${owner}`);
}

function mismatch(found: string): AwsOidcError {
  return new AwsOidcError("IDENTITY_MISMATCH", `${found}; nothing was written`, {
    hint: "Check which server `sts-endpoint`, AWS_ENDPOINT_URL_STS or AWS_ENDPOINT_URL names: AWS itself answers for the requested role.",
  });
}

/** The same plan, starting with the STS that answered. */
function startingAt(first: StsTarget, plan: AttemptPlan): AttemptPlan {
  return { ...plan, targets: [first, ...plan.targets.filter((target) => target !== first)] };
}
