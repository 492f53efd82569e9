import { randomBytes } from "node:crypto";
import { createId, type RegisteredRole } from "./world.ts";

/** Session tags and what travels with them. */
export interface SessionTags {
  readonly tags: ReadonlyMap<string, string>;
  readonly transitiveKeys: ReadonlySet<string>;
}

export const NO_TAGS: SessionTags = { tags: new Map(), transitiveKeys: new Set() };

/** Temporary credentials that the service issued, and whom they stand for. */
export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  readonly role: RegisteredRole;
  readonly roleSessionName: string;
  readonly sessionTags: SessionTags;
  readonly sourceIdentity: string | undefined;
}

export type SessionRequest = Pick<Session, "role" | "roleSessionName" | "sessionTags" | "sourceIdentity"> & {
  readonly durationSeconds: number;
};

export interface SessionOptions {
  readonly clock: () => Date;
  readonly sessionTokenLength: number;
  /** Ends every session this early, and says so in its expiration. */
  readonly maxSessionLifetimeMs: number | undefined;
}

/** `arn:aws:sts::<account>:assumed-role/<role>/<session name>`: the path of the role is not part of it. */
export function assumedRoleArn({ role, roleSessionName }: Pick<Session, "role" | "roleSessionName">): string {
  return `arn:${role.partition}:sts::${role.accountId}:assumed-role/${role.name}/${roleSessionName}`;
}

export function assumedRoleId({ role, roleSessionName }: Pick<Session, "role" | "roleSessionName">): string {
  return `${role.id}:${roleSessionName}`;
}

/** Real secret keys hold `/` and `+` often enough to break a consumer that does not expect them; these always do. */
function createSecretAccessKey(): string {
  for (;;) {
    const secret = randomBytes(30).toString("base64");
    if (secret.includes("/") && secret.includes("+")) return secret;
  }
}

const SESSION_TOKEN_PREFIX = "IQoJb3JpZ2luX2Vj";

function createSessionToken(length: number): string {
  return (SESSION_TOKEN_PREFIX + randomBytes(length).toString("base64")).slice(0, length);
}

/** Issues sessions and remembers them. */
export class Sessions {
  readonly #byAccessKeyId = new Map<string, Session>();
  readonly #options: SessionOptions;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  issue({ durationSeconds, ...identity }: SessionRequest): Session {
    const session = {
      accessKeyId: createId("ASIA", 16),
      secretAccessKey: createSecretAccessKey(),
      sessionToken: createSessionToken(this.#options.sessionTokenLength),
      expiration: this.#expirationAfter(durationSeconds),
      ...identity,
    };
    this.#byAccessKeyId.set(session.accessKeyId, session);
    return session;
  }

  find(accessKeyId: string): Session | undefined {
    return this.#byAccessKeyId.get(accessKeyId);
  }

  hasExpired(session: Session): boolean {
    return this.#options.clock().getTime() >= session.expiration.getTime();
  }

  /** Every secret key and session token issued so far. */
  secrets(): readonly string[] {
    return [...this.#byAccessKeyId.values()].flatMap(({ secretAccessKey, sessionToken }) => [
      secretAccessKey,
      sessionToken,
    ]);
  }

  #expirationAfter(durationSeconds: number): Date {
    const now = this.#options.clock().getTime();
    const { maxSessionLifetimeMs } = this.#options;
    if (maxSessionLifetimeMs !== undefined && maxSessionLifetimeMs < durationSeconds * 1000) {
      return new Date(now + maxSessionLifetimeMs);
    }
    return new Date((Math.floor(now / 1000) + durationSeconds) * 1000);
  }
}
