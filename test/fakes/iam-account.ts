import {
  QueryParameters,
  renderError,
  renderResult,
  type XmlContent,
} from "../../stand-ins/sts/query-protocol.ts";

/** An identity provider and its audiences. */
export interface OidcProvider {
  readonly url: string;
  readonly audiences: readonly string[];
}

/** A role as IAM keeps it. */
export interface IamRole {
  readonly name: string;
  readonly description: string | undefined;
  readonly maxSessionSeconds: number;
  readonly trustPolicy: string;
  readonly policyArns: readonly string[];
  readonly permissionsBoundary?: string | undefined;
  /** Policies within the role, by name. */
  readonly inlinePolicies?: Readonly<Record<string, string>>;
}

/** What an account holds, and every action that was asked of it. */
export interface IamAccount {
  readonly accountId: string;
  /** By ARN. */
  readonly providers: Map<string, OidcProvider>;
  /** By name. */
  readonly roles: Map<string, IamRole>;
  readonly asked: QueryParameters[];
}

export function createIamAccount(accountId: string): IamAccount {
  return { accountId, providers: new Map(), roles: new Map(), asked: [] };
}

class Refusal extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

type Action = (account: IamAccount, parameters: QueryParameters) => XmlContent;

function required(parameters: QueryParameters, name: string): string {
  const value = parameters.get(name);
  if (value === undefined) throw new Refusal("ValidationError", `1 validation error detected: no ${name}`);
  return value;
}

function findProvider({ providers }: IamAccount, parameters: QueryParameters): [string, OidcProvider] {
  const arn = required(parameters, "OpenIDConnectProviderArn");
  const provider = providers.get(arn);
  if (provider !== undefined) return [arn, provider];
  throw new Refusal("NoSuchEntity", `OpenIDConnect Provider not found for arn ${arn}`, 404);
}

function findRole({ roles }: IamAccount, parameters: QueryParameters): IamRole {
  const name = required(parameters, "RoleName");
  const role = roles.get(name);
  if (role !== undefined) return role;
  throw new Refusal("NoSuchEntity", `The role with name ${name} cannot be found.`, 404);
}

function readPolicy(parameters: QueryParameters, name: string): string {
  const text = required(parameters, name);
  try {
    JSON.parse(text);
  } catch {
    throw new Refusal("MalformedPolicyDocument", "This policy contains invalid Json");
  }
  return text;
}

/** Audiences are texts, not pages: what a client fetched from an address is neither short nor one word. */
function readAudience(text: string): string {
  if (/^\S{1,255}$/.test(text)) return text;
  throw new Refusal("ValidationError", "1 validation error detected: Value at 'clientID' is no client id");
}

const describeRole = ({ accountId }: IamAccount, role: IamRole): XmlContent => ({
  Role: {
    Path: "/",
    RoleName: role.name,
    RoleId: "AROAEXAMPLE",
    Arn: `arn:aws:iam::${accountId}:role/${role.name}`,
    CreateDate: "2026-01-01T00:00:00Z",
    AssumeRolePolicyDocument: encodeURIComponent(role.trustPolicy),
    Description: role.description,
    MaxSessionDuration: role.maxSessionSeconds,
  },
});

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html */
const ACTIONS: Readonly<Record<string, Action>> = {
  GetCallerIdentity: ({ accountId }) => ({
    Account: accountId,
    Arn: `arn:aws:iam::${accountId}:user/ada`,
    UserId: "AIDAEXAMPLE",
  }),
  CreateOpenIDConnectProvider: ({ accountId, providers }, parameters) => {
    const url = required(parameters, "Url");
    const arn = `arn:aws:iam::${accountId}:oidc-provider/${url.replace("https://", "")}`;
    if (!url.startsWith("https://")) throw new Refusal("ValidationError", "Invalid Open ID Connect Url");
    if (providers.has(arn)) {
      throw new Refusal("EntityAlreadyExists", `Provider with url ${url} already exists.`, 409);
    }
    const audiences = parameters.list("ClientIDList").map((audience = "") => readAudience(audience));
    providers.set(arn, { url, audiences });
    return { OpenIDConnectProviderArn: arn };
  },
  GetOpenIDConnectProvider: (account, parameters) => {
    const [, { url }] = findProvider(account, parameters);
    return { Url: url.replace("https://", "") };
  },
  AddClientIDToOpenIDConnectProvider: (account, parameters) => {
    const [arn, { url, audiences }] = findProvider(account, parameters);
    const audience = readAudience(required(parameters, "ClientID"));
    account.providers.set(arn, { url, audiences: [...new Set([...audiences, audience])] });
    return {};
  },
  CreateRole: (account, parameters) => {
    const name = required(parameters, "RoleName");
    if (account.roles.has(name)) {
      throw new Refusal("EntityAlreadyExists", `Role with name ${name} already exists.`, 409);
    }
    const role: IamRole = {
      name,
      description: parameters.get("Description"),
      maxSessionSeconds: Number(parameters.get("MaxSessionDuration") ?? 3600),
      trustPolicy: readPolicy(parameters, "AssumeRolePolicyDocument"),
      policyArns: [],
      permissionsBoundary: parameters.get("PermissionsBoundary"),
    };
    account.roles.set(name, role);
    return describeRole(account, role);
  },
  GetRole: (account, parameters) => describeRole(account, findRole(account, parameters)),
  UpdateRole: (account, parameters) => {
    const role = findRole(account, parameters);
    account.roles.set(role.name, {
      ...role,
      description: parameters.get("Description") ?? role.description,
      maxSessionSeconds: Number(parameters.get("MaxSessionDuration") ?? 3600),
    });
    return {};
  },
  UpdateAssumeRolePolicy: (account, parameters) => {
    const role = findRole(account, parameters);
    account.roles.set(role.name, { ...role, trustPolicy: readPolicy(parameters, "PolicyDocument") });
    return {};
  },
  PutRolePermissionsBoundary: (account, parameters) => {
    const role = findRole(account, parameters);
    account.roles.set(role.name, {
      ...role,
      permissionsBoundary: required(parameters, "PermissionsBoundary"),
    });
    return {};
  },
  PutRolePolicy: (account, parameters) => {
    const role = findRole(account, parameters);
    const policy = { [required(parameters, "PolicyName")]: readPolicy(parameters, "PolicyDocument") };
    account.roles.set(role.name, { ...role, inlinePolicies: { ...role.inlinePolicies, ...policy } });
    return {};
  },
  AttachRolePolicy: (account, parameters) => {
    const role = findRole(account, parameters);
    const policyArns = [...new Set([...role.policyArns, required(parameters, "PolicyArn")])];
    account.roles.set(role.name, { ...role, policyArns });
    return {};
  },
};

export interface IamAnswer {
  readonly status: number;
  readonly body: string;
}

/** Answers the body of a request in the Query protocol. */
export type AskIam = (body: string) => IamAnswer;

/** Answers one request in the Query protocol. An action that this account does not know is written down, and does nothing. */
export function askIam(account: IamAccount, body: string): IamAnswer {
  const parameters = new QueryParameters(body);
  const action = parameters.get("Action") ?? "";
  account.asked.push(parameters);
  try {
    const result = ACTIONS[action]?.(account, parameters) ?? {};
    return { status: 200, body: renderResult(action, result, "request-id") };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, message, status } = error;
    return { status, body: renderError({ code, message, status }, "request-id") };
  }
}
