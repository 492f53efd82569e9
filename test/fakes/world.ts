import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPredefinedVariables, type TokenDescription } from "../../stand-ins/gitlab-job.ts";
import { type Issuer, type IssuerOptions, startIssuer } from "../../stand-ins/issuer.ts";
import { type Sts, type StsOptions, startSts } from "../../stand-ins/sts/server.ts";
import type { StsWorld } from "../../stand-ins/sts/world.ts";
import type { Authority, LeafOptions } from "./certificates.ts";

/** ARNs of the small world. */
export const ROLES = {
  /** Admits branch `main` of `acme/shop`; may assume `production` and `audit`. */
  deploy: "arn:aws:iam::123456789012:role/deploy",
  /** Admits tags `v*` of `acme/shop`, for up to twelve hours. */
  release: "arn:aws:iam::123456789012:role/ci/release",
  /** In another account: admits `deploy` with the external id, and its session tags and source identity. */
  production: "arn:aws:iam::210987654321:role/production",
  /** In another account: admits `deploy` without conditions, but neither tags nor a source identity. */
  audit: "arn:aws:iam::210987654321:role/audit",
} as const;

/** External id that `production` asks for. */
export const EXTERNAL_ID = "acme-production";

export const DEFAULT_ISS = "https://gitlab.example.com";

function webIdentityTrust(iss: string, accountId: string, conditions: object) {
  const providerArn = `arn:aws:iam::${accountId}:oidc-provider/${iss.replace(/^https?:\/\//, "")}`;
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: providerArn },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: conditions,
      },
    ],
  };
}

function roleTrust(roleArn: string, actions: readonly string[], conditions: object) {
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: roleArn }, Action: actions, Condition: conditions }],
  };
}

/** Two accounts: one that trusts the GitLab instance, and one that is reached by role chaining. */
export function describeWorld(iss: string = DEFAULT_ISS): StsWorld {
  const host = iss.replace(/^https?:\/\//, "");
  const audience = { [`${host}:aud`]: iss };
  const branch = { [`${host}:sub`]: "project_path:acme/shop:ref_type:branch:ref:main" };
  const tag = { [`${host}:sub`]: "project_path:acme/shop:ref_type:tag:ref:v*" };
  return {
    accounts: {
      "123456789012": {
        oidcProviders: [{ url: iss, clientIds: [iss, "sts.amazonaws.com"] }],
        roles: [
          {
            name: "deploy",
            trustPolicy: webIdentityTrust(iss, "123456789012", { StringEquals: { ...audience, ...branch } }),
            identityPolicy: {
              Version: "2012-10-17",
              Statement: [
                {
                  Effect: "Allow",
                  Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
                  Resource: [ROLES.production, ROLES.audit],
                },
              ],
            },
          },
          {
            name: "release",
            path: "/ci/",
            maxSessionDurationSeconds: 43_200,
            trustPolicy: webIdentityTrust(iss, "123456789012", { StringEquals: audience, StringLike: tag }),
          },
        ],
      },
      "210987654321": {
        roles: [
          {
            name: "production",
            trustPolicy: roleTrust(
              ROLES.deploy,
              ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
              { StringEquals: { "sts:ExternalId": EXTERNAL_ID } },
            ),
          },
          { name: "audit", trustPolicy: roleTrust(ROLES.deploy, ["sts:AssumeRole"], {}) },
        ],
      },
    },
  };
}

export interface WorldOptions {
  /** URL of the GitLab instance, `https://gitlab.example.com` unless given. */
  readonly iss?: string;
  /** In place of {@link describeWorld}. */
  readonly world?: StsWorld;
  readonly clock?: () => Date;
  /** STS over HTTPS, with a certificate of a throw-away authority: for loopback, or for the names given. */
  readonly tls?: true | LeafOptions;
  readonly sts?: Partial<Omit<StsOptions, "world" | "clock">>;
  readonly issuer?: Omit<IssuerOptions, "iss" | "clock">;
}

/** A GitLab instance and the AWS accounts that trust it, running on loopback. */
export interface World {
  readonly issuer: Issuer;
  readonly sts: Sts;
  /** The authority behind the certificate of STS, with `tls`. */
  readonly authority: Authority | undefined;
  /** Its certificate as a file, which `close` removes. */
  readonly authorityFile: string | undefined;
  /** An ID token of the job described; of branch `main` of `acme/shop` unless said otherwise. */
  mintToken(token?: TokenDescription): string;
  /** The environment of the job described, with its ID token and what the component needs to reach the stand-in. */
  environment(token?: TokenDescription): Record<string, string>;
  close(): Promise<void>;
}

const LOOPBACK_NAMES: LeafOptions = { dnsNames: ["localhost"], ipAddresses: ["127.0.0.1", "::1"] };

/** What HTTPS needs: nothing of it without `tls`. */
interface Tls {
  readonly authority: Authority;
  readonly authorityFile: string;
  readonly remove: () => Promise<void>;
}

async function createTls(): Promise<Tls> {
  // Most tests do without HTTPS, and loading the library takes longer than they do.
  const { createAuthority } = await import("./certificates.ts");
  const authority = await createAuthority();
  const folder = await mkdtemp(join(tmpdir(), "stand-ins-"));
  const authorityFile = join(folder, "ca.pem");
  await writeFile(authorityFile, authority.certificatePem);
  return { authority, authorityFile, remove: () => rm(folder, { recursive: true, force: true }) };
}

async function startStsFor(issuer: Issuer, tls: Tls | undefined, options: WorldOptions): Promise<Sts> {
  const names = options.tls === true ? LOOPBACK_NAMES : options.tls;
  return startSts({
    tls: await tls?.authority.issue(names),
    issuers: { [issuer.iss]: issuer.url },
    ...options.sts,
    world: options.world ?? describeWorld(issuer.iss),
    clock: options.clock,
  });
}

/** Starts the small world. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { iss = DEFAULT_ISS, clock } = options;
  const issuer = await startIssuer({ ...options.issuer, iss, clock });
  const tls = options.tls === undefined ? undefined : await createTls();
  const end = () => Promise.all([issuer.close(), tls?.remove()]);
  const sts = await startStsFor(issuer, tls, options).catch(async (error: unknown) => {
    await end();
    throw error;
  });
  return {
    issuer,
    sts,
    authority: tls?.authority,
    authorityFile: tls?.authorityFile,
    mintToken: (token) => issuer.mint(token),
    environment: (token = {}) => ({
      ...buildPredefinedVariables(iss, token),
      GITLAB_OIDC_TOKEN: issuer.mint(token),
      AWS_OIDC_ROLE_ARN: ROLES.deploy,
      AWS_OIDC_STS_ENDPOINT: sts.url,
      ...(tls && { NODE_EXTRA_CA_CERTS: tls.authorityFile }),
    }),
    close: async () => {
      await Promise.all([sts.close(), end()]);
    },
  };
}
