import type { TokenDescription } from "../../../stand-ins/gitlab-job.ts";
import { type Issuer, startIssuer } from "../../../stand-ins/issuer.ts";
import type { StsRequest } from "../../../stand-ins/sts/request-log.ts";
import { startSts } from "../../../stand-ins/sts/server.ts";
import type { Account, StsWorld } from "../../../stand-ins/sts/world.ts";
import type { SandboxDecision, SandboxJob, SandboxWorld, StandIns } from "../../foundation/workbench.ts";

/** A day's work, so that the tokens outlive the pipeline; GitLab's end with the job's timeout. */
const TOKEN_SECONDS = 12 * 3600;

/**
 * Starts the stand-ins; nothing else does. They have their own rules, and share none with the source.
 *
 * @throws Error for a policy that IAM would not accept
 */
export async function startStandInWorld(
  world: SandboxWorld,
): Promise<StandIns & { readonly close: () => Promise<void> }> {
  const issuer = await startIssuer({ iss: world.job.issuer });
  try {
    const sts = await startSts({ world: describeAccounts(world), issuers: { [issuer.iss]: issuer.url } });
    return {
      stsUrl: sts.url,
      mintToken: (audience) => mint(issuer, world.job, audience),
      decisions: () => sts.requests.flatMap(toDecision),
      close: async () => {
        await Promise.all([sts.close(), issuer.close()]);
      },
    };
  } catch (error) {
    await issuer.close();
    throw error;
  }
}

/** The role's own policies are assumed to let it assume others: a trust policy does not say. */
const MAY_ASSUME_ANY = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "sts:*", Resource: "*" },
};

function describeAccounts({ roles, providers }: SandboxWorld): StsWorld {
  const parts = roles.map(({ arn, ...role }) => {
    const [, partition = "", accountId = "", path = "/", name = ""] =
      /^arn:([^:]+):iam::(\d{12}):role(\/(?:.*\/)?)([^/]+)$/.exec(arn) ?? [];
    return { partition, accountId, path, name, ...role };
  });
  const ids = new Set([...parts, ...providers].map(({ accountId }) => accountId));
  const accounts = [...ids].map((id): [string, Account] => {
    const isHere = ({ accountId }: { readonly accountId: string }) => accountId === id;
    const [first] = [...parts, ...providers].filter(isHere);
    return [
      id,
      {
        partition: first?.partition ?? "aws",
        oidcProviders: providers.filter(isHere).map(({ url, audiences }) => ({ url, clientIds: audiences })),
        roles: parts.filter(isHere).map(({ name, path, trustPolicy, maxSessionSeconds }) => ({
          name,
          path,
          trustPolicy,
          maxSessionDurationSeconds: maxSessionSeconds,
          identityPolicy: MAY_ASSUME_ANY,
        })),
      },
    ];
  });
  return { accounts: Object.fromEntries(accounts) };
}

function mint(issuer: Issuer, job: SandboxJob, audience: string): string {
  const { project, projectId, namespaceId, ref, environment, sha, subComponents } = job;
  return issuer.mint({
    aud: audience,
    expiresInSeconds: TOKEN_SECONDS,
    project,
    projectId,
    namespaceId,
    ref: ref.name,
    refType: ref.type,
    refProtected: ref.isProtected,
    sha,
    userLogin: "sandbox",
    userEmail: "sandbox@example.com",
    ...(environment === undefined
      ? {}
      : { environment: environment as NonNullable<TokenDescription["environment"]> }),
    ...(subComponents.length === 0
      ? {}
      : { subComponents: subComponents as NonNullable<TokenDescription["subComponents"]> }),
  });
}

function toDecision(request: StsRequest): readonly SandboxDecision[] {
  const { action, parameters, errorCode, errorMessage = "", judgement, status } = request;
  if (status === undefined) return [];
  if (action !== "AssumeRoleWithWebIdentity" && action !== "AssumeRole") return [];
  return [
    {
      action,
      roleArn: parameters.RoleArn ?? "",
      refusal: errorCode === undefined ? undefined : { code: errorCode, message: errorMessage },
      statements: judgement?.statements ?? [],
    },
  ];
}
