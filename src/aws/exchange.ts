import { type AttemptPlan, ask } from "./attempts.ts";
import type {
  AssumedRole,
  AssumeRoleWithWebIdentityInput,
  CallerIdentity,
  ConnectSts,
  StsTarget,
} from "./sts.ts";

export interface Exchange {
  readonly assumed: AssumedRole;
  /** Who AWS says the credentials belong to; absent when it was not asked. */
  readonly identity: CallerIdentity | undefined;
  /** The STS that answered. */
  readonly target: StsTarget;
}

/**
 * Exchanges the ID token for temporary credentials and, if wanted, asks AWS with them whose they are.
 *
 * @throws {StsAttemptsError}
 */
export async function exchangeIdToken(
  input: AssumeRoleWithWebIdentityInput,
  plan: AttemptPlan,
  options: { readonly connectSts: ConnectSts; readonly verify: "identity" | "none" },
): Promise<Exchange> {
  const connect = memoize(options.connectSts);
  const { answer: assumed, target } = await ask(plan, (at, signal) =>
    connect(at).assumeRoleWithWebIdentity(input, signal),
  );
  if (options.verify === "none") return { assumed, identity: undefined, target };
  const signed = memoize((at: StsTarget) => connect(at).signedBy(assumed.credentials));
  const { answer: identity } = await ask(
    { ...plan, targets: startingAt(target, plan.targets) },
    (at, signal) => signed(at).getCallerIdentity(signal),
  );
  return { assumed, identity, target };
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
