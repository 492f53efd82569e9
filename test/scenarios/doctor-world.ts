import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPredefinedVariables, type TokenDescription } from "../../stand-ins/gitlab-job.ts";
import { type Issuer, type SigningOptions, startIssuer } from "../../stand-ins/issuer.ts";
import { type Sts, startSts } from "../../stand-ins/sts/server.ts";
import type { StsWorld } from "../../stand-ins/sts/world.ts";
import { type Authority, createAuthority } from "../fakes/certificates.ts";
import { describeWorld, ROLES } from "../fakes/world.ts";
import { runScript, type ScriptRun } from "../harness/run-script.ts";
import { stable } from "../harness/stable.ts";

/** A GitLab instance that the runner reaches too, over HTTPS, and STS. */
export interface DoctorWorld {
  readonly issuer: Issuer;
  readonly sts: Sts;
  readonly authority: Authority;
  /** The certificate of the authority, as a file. */
  readonly authorityFile: string;
  environment(token?: TokenDescription, signing?: SigningOptions): Record<string, string>;
  /** Runs the doctor; every output is searched for the token, its person, and what STS issued. */
  run(env: Readonly<Record<string, string | undefined>>, options?: DoctorRunOptions): Promise<ScriptRun>;
  close(): Promise<void>;
}

export interface DoctorRunOptions {
  readonly flags?: readonly string[];
  /** Files in the working folder, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Program and arguments that run the script, `node` alone unless given. */
  readonly node?: readonly [string, ...string[]];
}

const LOOPBACK = { dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] } as const;
const WRITTEN = /aws-oidc\.env|annotations/;

/** Starts the stand-ins; the world is that of the issuer's own URL unless given. */
export async function startDoctorWorld(world?: (iss: string) => StsWorld): Promise<DoctorWorld> {
  const authority = await createAuthority({ commonName: "Stand-in Root CA" });
  const issuer = await startIssuer({ tls: await authority.issue(LOOPBACK) });
  const sts = await startSts({
    world: (world ?? describeWorld)(issuer.iss),
    issuerAuthorityPem: authority.certificatePem,
  });
  const folder = mkdtempSync(join(tmpdir(), "aws-oidc-doctor-"));
  const authorityFile = join(folder, "ca.pem");
  writeFileSync(authorityFile, authority.certificatePem);
  return {
    issuer,
    sts,
    authority,
    authorityFile,
    environment: (token = {}, signing = {}) => ({
      ...buildPredefinedVariables(issuer.iss, token),
      GITLAB_OIDC_TOKEN: issuer.mint(token, signing),
      AWS_OIDC_ROLE_ARN: ROLES.deploy,
      AWS_OIDC_STS_ENDPOINT: sts.url,
      NODE_EXTRA_CA_CERTS: authorityFile,
    }),
    run: async (env, { flags = [], files = {}, node } = {}) => {
      const run = await runScript({
        argv: ["doctor", ...flags],
        ...(node && { node }),
        env,
        prepare: (runFolder) => {
          for (const [name, text] of Object.entries(files)) writeFileSync(join(runFolder, name), text);
        },
        secrets: () => [env.GITLAB_OIDC_TOKEN ?? "", "ada@example.com", ...sts.secretsIssued()],
      });
      const written = run.files.filter((name) => WRITTEN.test(name));
      if (written.length > 0) throw new Error(`the doctor wrote ${written.join(", ")}`);
      return run;
    },
    close: async () => {
      await Promise.all([issuer.close(), sts.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The mark that each check of the list has, by its name. */
export function statusesIn({ stdout }: ScriptRun): Readonly<Record<string, string>> {
  const [list = ""] = stdout.split("\n\n");
  const checks = list.matchAll(/^([✔✖!?–]) (\w+(?: \w+)*) {2,}/gm);
  return Object.fromEntries([...checks].map(([, mark = "", name = ""]) => [name, mark]));
}

/** What was printed, with what differs from run to run replaced. */
export function printed({ exitCode, stdout, stderr }: ScriptRun): string {
  const streams = stderr === "" ? stdout : `${stdout}--- stderr\n${stderr}`;
  return `exit code ${exitCode}\n${stable(streams).replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:<port>")}`;
}
