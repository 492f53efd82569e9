import { randomInt } from "node:crypto";
import { type PolicyDocument, parsePolicy } from "./policy-document.ts";

/** The accounts that the service knows, by account id. */
export interface StsWorld {
  readonly accounts: Readonly<Record<string, Account>>;
}

export interface Account {
  /** `aws` unless given. */
  readonly partition?: string;
  readonly oidcProviders?: readonly OidcProvider[];
  readonly roles?: readonly Role[];
  /** Regions where STS is switched off for this account. */
  readonly deactivatedRegions?: readonly string[];
}

export interface OidcProvider {
  /** `https://gitlab.example.com/gitlab`; compared with `iss` character by character. */
  readonly url: string;
  readonly clientIds: readonly string[];
}

export interface Role {
  readonly name: string;
  /** `/` unless given; starts and ends with a slash. */
  readonly path?: string;
  /** Policy document as JSON. */
  readonly trustPolicy: unknown;
  /** 3600 unless given. */
  readonly maxSessionDurationSeconds?: number;
  /** Policy document as JSON: what sessions of this role may do; nothing without one. */
  readonly identityPolicy?: unknown;
}

/** A role as the service keeps it. */
export interface RegisteredRole {
  readonly arn: string;
  /** `AROA…` */
  readonly id: string;
  readonly name: string;
  readonly partition: string;
  readonly accountId: string;
  readonly trustPolicy: PolicyDocument;
  readonly identityPolicy: PolicyDocument;
  readonly maxSessionDurationSeconds: number;
}

export interface RegisteredProvider {
  readonly arn: string;
  readonly accountId: string;
  readonly clientIds: readonly string[];
}

const ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** An identifier as IAM makes them: a prefix that tells its kind, then letters and digits. */
export function createId(prefix: string, length: number): string {
  const characters = Array.from({ length }, () => ID_ALPHABET[randomInt(ID_ALPHABET.length)]);
  return prefix + characters.join("");
}

const NOTHING_ALLOWED: PolicyDocument = { version: "2012-10-17", statements: [] };

function registerRole(role: Role, accountId: string, partition: string): RegisteredRole {
  const arn = `arn:${partition}:iam::${accountId}:role${role.path ?? "/"}${role.name}`;
  return {
    arn,
    id: createId("AROA", 17),
    name: role.name,
    partition,
    accountId,
    trustPolicy: parsePolicy(role.trustPolicy, "trust", `${arn}, trust policy`),
    identityPolicy: role.identityPolicy
      ? parsePolicy(role.identityPolicy, "identity", `${arn}, identity policy`)
      : NOTHING_ALLOWED,
    maxSessionDurationSeconds: role.maxSessionDurationSeconds ?? 3600,
  };
}

function providerArn(partition: string, accountId: string, url: string): string {
  return `arn:${partition}:iam::${accountId}:oidc-provider/${url.replace(/^https?:\/\//, "")}`;
}

/** Finds what a world describes. */
export class Directory {
  readonly #world: StsWorld;
  readonly #roles = new Map<string, RegisteredRole>();

  /** @throws Error for a policy that IAM would not accept */
  constructor(world: StsWorld) {
    this.#world = world;
    for (const [accountId, { partition = "aws", roles = [] }] of Object.entries(world.accounts)) {
      for (const role of roles) {
        const registered = registerRole(role, accountId, partition);
        this.#roles.set(registered.arn, registered);
      }
    }
  }

  role(arn: string): RegisteredRole | undefined {
    return this.#roles.get(arn);
  }

  /** The provider whose URL is exactly `iss`, in the account and partition of a role. */
  provider(iss: string, { accountId, partition }: { accountId: string; partition: string }) {
    const account = this.#world.accounts[accountId];
    if (account === undefined || (account.partition ?? "aws") !== partition) return undefined;
    const provider = account.oidcProviders?.find(({ url }) => url === iss);
    if (provider === undefined) return undefined;
    return { arn: providerArn(partition, accountId, iss), accountId, clientIds: provider.clientIds };
  }

  isRegionDeactivated(accountId: string, region: string | undefined): boolean {
    const deactivated = this.#world.accounts[accountId]?.deactivatedRegions ?? [];
    return region !== undefined && deactivated.includes(region);
  }
}
