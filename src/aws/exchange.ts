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
  readonly webIdentity: AssumeRoleWithWebIdentityInput;
  /** The role to assume with the credentials of the first one: role chaining. */
  readonly chained: AssumeRoleInput | undefined;
  readonly verify: "identity" | "none";
}

/**
 * Exchanges the ID token for temporary credentials, assumes a second role with them if one is asked for and, if wanted,
 * asks AWS with the last credentials whose they are.
 *
 * @throws {StsAttemptsError}
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
  const assume = async (from: AttemptPlan, call: StsCall<AssumedRole>) => {
    const assumed = await ask(from, call);
    tools.onCredentials(assumed.answer.credentials);
    return assumed;
  };

  const first = await assume(plan, {
    action: "AssumeRoleWithWebIdentity",
    send: async (at, signal) => (await connect(at)).assumeRoleWithWebIdentity(request.webIdentity, signal),
  });
  const { chained } = request;
  const last = await (chained === undefined
    ? first
    : assume(startAt(first.target), callAssumeRole(chained, sign(first.answer))));
  if (request.verify === "none") return { assumed: last.answer, identity: undefined, target: last.target };

  const signed = sign(last.answer);
  const { answer: identity } = await ask(startAt(last.target), {
    action: "GetCallerIdentity",
    send: async (at, signal) => (await signed(at)).getCallerIdentity(signal),
  });
  return { assumed: last.answer, identity, target: last.target };
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
