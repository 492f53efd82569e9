import type { Role, StsWorld } from "../../../stand-ins/sts/world.ts";
import { describeWorld, ROLES } from "../world.ts";

/** Account of the roles that a session of `deploy` tries to assume. */
export const ACCOUNT = "210987654321";
/** The session that `exchange` gives. */
export const DEPLOY_SESSION = "arn:aws:sts::123456789012:assumed-role/deploy/job-31337";

function trust(principal: object | "*", actions: readonly string[], condition: object = {}): unknown {
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: principal, Action: actions, Condition: condition }],
  };
}

const ALL_ACTIONS = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];

/** Roles that a session of `deploy` tries to assume, next to those of the small world. */
const TARGETS: readonly Role[] = [
  { name: "account-trusted", trustPolicy: trust({ AWS: "arn:aws:iam::123456789012:root" }, ALL_ACTIONS) },
  { name: "account-id-trusted", trustPolicy: trust({ AWS: "123456789012" }, ALL_ACTIONS) },
  { name: "session-trusted", trustPolicy: trust({ AWS: DEPLOY_SESSION }, ALL_ACTIONS) },
  { name: "anyone-trusted", trustPolicy: trust("*", ALL_ACTIONS) },
  { name: "other-session-trusted", trustPolicy: trust({ AWS: `${DEPLOY_SESSION}-2` }, ALL_ACTIONS) },
  {
    name: "tags-required",
    trustPolicy: trust({ AWS: ROLES.deploy }, ALL_ACTIONS, {
      StringEquals: { "aws:RequestTag/project": "acme/shop", "sts:RoleSessionName": "job-31337" },
      "ForAllValues:StringEquals": {
        "aws:TagKeys": ["project", "ref"],
        "sts:TransitiveTagKeys": ["project"],
      },
      StringLike: { "sts:SourceIdentity": "gitlab-*" },
    }),
  },
  {
    name: "denying",
    trustPolicy: {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { AWS: ROLES.deploy }, Action: "sts:AssumeRole" },
        { Effect: "Deny", Principal: "*", Action: "sts:AssumeRole" },
      ],
    },
  },
];

/** ARN of a role of these tests. */
export function arnOf(name: string, account = ACCOUNT): string {
  return `arn:aws:iam::${account}:role/${name}`;
}

/** The small world, with one role for each way to trust another. */
export function describeTargets(): StsWorld {
  const { accounts } = describeWorld();
  const [deploy, release] = accounts["123456789012"]?.roles ?? [];
  if (deploy === undefined || release === undefined) throw new Error("the small world has changed");
  const identityPolicy = {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: ALL_ACTIONS, Resource: `arn:aws:iam::${ACCOUNT}:role/*` },
      { Effect: "Deny", Action: "sts:AssumeRole", Resource: arnOf("forbidden") },
    ],
  };
  return {
    accounts: {
      "123456789012": {
        ...accounts["123456789012"],
        roles: [
          { ...deploy, identityPolicy },
          release,
          { name: "sibling", trustPolicy: trust({ AWS: ROLES.deploy }, ["sts:AssumeRole"]) },
          {
            name: "sibling-by-account",
            trustPolicy: trust({ AWS: "arn:aws:iam::123456789012:root" }, ["sts:AssumeRole"]),
          },
        ],
      },
      [ACCOUNT]: { roles: [...(accounts[ACCOUNT]?.roles ?? []), ...TARGETS] },
    },
  };
}
