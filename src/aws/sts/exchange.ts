import { AwsOidcError } from "../../foundation/errors.ts";
import { quote } from "../../foundation/quote.ts";
import type { RoleArn } from "../arn.ts";
import { type AttemptPlan, ask, type StsCall } from "./attempts.ts";
import type { Credentials } from "./credentials.ts";
import type {
  AssumedRole,
  AssumeRoleInput,
  AssumeRoleWithWebIdentityInput,
  CallerIdentity,
  ConnectSts,
  SignedSts,
  StsTarget,
} from "./sts.ts";

export interface Exchange {
  readonly assumed: AssumedRole;
  /** Who AWS says the credentials belong to; absent when it was not asked. */
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

/** What is asked of STS, and the role that its answer must be for. */
export interface Assumption<Input> {
  readonly role: RoleArn;
  readonly input: Input;
}

/**
 * Exchanges the ID token for temporary credentials, assumes a second role with them if one is asked for and, if wanted,
 * asks AWS with the last credentials whose they are. Each answer is held against what was asked before it is used.
 *
 * @throws {StsAttemptsError}
 * @throws {AwsOidcError} `IDENTITY_MISMATCH`
 */
export async function exchangeIdToken(
  request: ExchangeRequest,
  plan: AttemptPlan,
  tools: {
    readonly connectSts: ConnectSts;
    /** Told credentials before they are used, since an error of the next request may quote them. */
    readonly onCredentials: (credentials: Credentials) => void;
  },
): Promise<Exchange> {
  const connect = memoize(tools.connectSts);
  const sign = (role: AssumedRole) =>
    memoize(async (at: StsTarget) => (await connect(at)).signedBy(role.credentials));
  const startAt = (target: StsTarget): AttemptPlan => ({
    ...plan,
    targets: startingAt(target, plan.targets),
  });
  const assume = async (from: AttemptPlan, role: RoleArn, call: StsCall<AssumedRole>) => {
    const assumed = await ask(from, call);
    tools.onCredentials(assumed.answer.credentials);
    assertSessionOf(role, assumed.answer);
    return assumed;
  };

  const { webIdentity, chained } = request;
  const first = await assume(plan, webIdentity.role, {
    action: "AssumeRoleWithWebIdentity",
    send: async (at, signal) => (await connect(at)).assumeRoleWithWebIdentity(webIdentity.input, signal),
  });
  const last = await (chained === undefined
    ? first
    : assume(startAt(first.target), chained.role, callAssumeRole(chained.input, sign(first.answer))));
  if (request.verify === "none") return { assumed: last.answer, identity: undefined, target: last.target };

  const signed = sign(last.answer);
  const { answer: identity } = await ask(startAt(last.target), {
    action: "GetCallerIdentity",
    send: async (at, signal) => (await signed(at)).getCallerIdentity(signal),
  });
  assertSameIdentity(last.answer, identity, (chained ?? webIdentity).role);
  return { assumed: last.answer, identity, target: last.target };
}

/**
 * Holds partition, account and name of the role in an answer against the role that was asked for; the path of a role is no
 * part of its sessions' ARNs.
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
    hint: "Check which server `sts-endpoint`, AWS_ENDPOINT_URL_STS or AWS_ENDPOINT_URL names: AWS answers for the role that it was asked for.",
  });
}

function callAssumeRole(
  input: AssumeRoleInput,
  signed: (at: StsTarget) => Promise<SignedSts>,
): StsCall<AssumedRole> {
  return { action: "AssumeRole", send: async (at, signal) => (await signed(at)).assumeRole(input, signal) };
}

function memoize<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, Value>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}

function startingAt(
  first: StsTarget,
  targets: readonly [StsTarget, ...StsTarget[]],
): readonly [StsTarget, ...StsTarget[]] {
  return [first, ...targets.filter((target) => target !== first)];
}
