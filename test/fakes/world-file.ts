import { parsePolicy } from "../../stand-ins/sts/policy-document.ts";
import type { Account, OidcProvider, Role, StsWorld } from "../../stand-ins/sts/world.ts";

/** A world in a file: the accounts, and the GitLab instance that they trust. */
export interface WorldFile extends StsWorld {
  readonly iss: string | undefined;
}

type JsonObject = Readonly<Record<string, unknown>>;

function objectAt(value: unknown, where: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new Error(`${where} must be an object`);
}

function listAt(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${where} must be a list`);
}

function textAt(value: unknown, where: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new Error(`${where} must be a text`);
}

function parseProvider(value: unknown, where: string): OidcProvider {
  const { url, clientIds } = objectAt(value, where);
  return {
    url: textAt(url, `${where}.url`),
    clientIds: listAt(clientIds, `${where}.clientIds`).map((id) => textAt(id, `${where}.clientIds`)),
  };
}

function parseRole(value: unknown, where: string): Role {
  const role = objectAt(value, where);
  const name = textAt(role.name, `${where}.name`);
  const { path = "/", trustPolicy, maxSessionDurationSeconds = 3600, identityPolicy } = role;
  if (!Number.isInteger(maxSessionDurationSeconds)) {
    throw new Error(`${where}.maxSessionDurationSeconds must be a whole number`);
  }
  parsePolicy(trustPolicy, "trust", `${where}.trustPolicy`);
  if (identityPolicy !== undefined) parsePolicy(identityPolicy, "identity", `${where}.identityPolicy`);
  return {
    name,
    path: textAt(path, `${where}.path`),
    trustPolicy,
    maxSessionDurationSeconds: maxSessionDurationSeconds as number,
    identityPolicy,
  };
}

function parseAccount(id: string, value: unknown): Account {
  if (!/^\d{12}$/.test(id)) throw new Error(`accounts: "${id}" is not an account id of twelve digits`);
  const where = `accounts.${id}`;
  const {
    partition = "aws",
    oidcProviders = [],
    roles = [],
    deactivatedRegions = [],
  } = objectAt(value, where);
  return {
    partition: textAt(partition, `${where}.partition`),
    oidcProviders: listAt(oidcProviders, `${where}.oidcProviders`).map((item, index) =>
      parseProvider(item, `${where}.oidcProviders[${index}]`),
    ),
    roles: listAt(roles, `${where}.roles`).map((item, index) => parseRole(item, `${where}.roles[${index}]`)),
    deactivatedRegions: listAt(deactivatedRegions, `${where}.deactivatedRegions`).map((region) =>
      textAt(region, `${where}.deactivatedRegions`),
    ),
  };
}

/** Without the parser's own message, which quotes the file: it may be the wrong one, with a token in it. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("the file is not JSON");
  }
}

/**
 * Parses a world from JSON: `{"iss": "https://…", "accounts": {"<id>": {…}}}`, as `StsWorld` has it.
 *
 * @throws Error naming the member that is wrong
 */
export function parseWorldFile(text: string): WorldFile {
  const { iss, accounts } = objectAt(parseJson(text), "the world");
  const entries = Object.entries(objectAt(accounts, "accounts"));
  return {
    iss: iss === undefined ? undefined : textAt(iss, "iss"),
    accounts: Object.fromEntries(entries.map(([id, account]) => [id, parseAccount(id, account)])),
  };
}
