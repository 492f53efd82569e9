import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  buildRequestContext,
  type WebIdentityRequestContext,
} from "../../../../src/aws/trust-policy/model/request.ts";

const VECTORS = join(import.meta.dirname, "../../../vectors");

type Claims = Readonly<Record<string, unknown>>;

/** A case with its source: what is asked, and what IAM answers. */
export interface Vector {
  readonly name: string;
  readonly source: string;
  /** A whole policy … */
  readonly policy?: unknown;
  /** … or the condition of a statement that is right otherwise. */
  readonly condition?: unknown;
  readonly context: {
    readonly job: string;
    readonly claims?: Claims;
    readonly sessionName?: string;
    readonly now?: string;
    readonly region?: string;
    readonly sourceIp?: string;
  };
  readonly expected: { readonly outcome: string; readonly reasons?: readonly string[] };
}

const readJson = <Value>(path: string): Value => JSON.parse(readFileSync(join(VECTORS, path), "utf8"));

/** Tokens of one job each, by name. */
export const JOBS = readJson<Readonly<Record<string, Claims>>>("jobs.json");

/** All vectors, by theme. */
export const THEMES = readdirSync(join(VECTORS, "trust-policy")).map((file) => ({
  theme: file.replace(".json", ""),
  vectors: readJson<readonly Vector[]>(`trust-policy/${file}`),
}));

export const ROLE = {
  arn: "arn:aws:iam::123456789012:role/deploy",
  partition: "aws",
  accountId: "123456789012",
} as const;

/** The request that a vector, or a test, describes. */
export function contextOf(given: Vector["context"]): WebIdentityRequestContext {
  const { job, claims, now, ...request } = given;
  const all: Claims = { ...JOBS[job], ...claims };
  return buildRequestContext({
    role: ROLE,
    issuer: String(all.iss),
    claims: all,
    ...request,
    ...(now === undefined ? {} : { now: new Date(now) }),
  });
}

/** The policy text of a vector. */
export function policyTextOf(vector: Vector): string {
  const { providerArn } = contextOf(vector.context);
  const statement = {
    Effect: "Allow",
    Principal: { Federated: providerArn },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: vector.condition,
  };
  return JSON.stringify(vector.policy ?? { Version: "2012-10-17", Statement: [statement] });
}
