import { startStandInWorld } from "../../../../src/edge/sandbox/stand-in-world.ts";
import { parseYaml } from "../../../../src/edge/sandbox/workbench.ts";
import type { Environment } from "../../../../src/foundation/ports.ts";
import type { Workbench } from "../../../../src/foundation/workbench.ts";

/** What git says of a checkout, by its arguments. */
export const CHECKOUT: Readonly<Record<string, string>> = {
  "rev-parse --show-toplevel": "/shop",
  "symbolic-ref --short --quiet HEAD": "main",
  "rev-parse --verify --quiet HEAD": "714a629c0b401fdce83e847fc9589983fc6f46bc",
  "remote get-url origin": "https://gitlab.example.com/acme/shop.git",
};

/** A program that is run by a sandbox. */
export type Program = (argv: readonly string[], env: Environment) => Promise<number>;

/** A workbench without processes and files; the stand-ins are there, on loopback. */
export interface MemoryWorkbench extends Workbench {
  /** Of what was started, how much still runs. */
  readonly running: { count: number };
  readonly privateFiles: Map<string, string>;
}

/** @param program replaces gitlab-ci-local */
export function createMemoryWorkbench(
  program: Program = async () => 0,
  checkout: Readonly<Record<string, string | undefined>> = CHECKOUT,
): MemoryWorkbench {
  const endings: (() => Promise<void>)[] = [];
  const running = { count: 0 };
  const privateFiles = new Map<string, string>();
  return {
    running,
    privateFiles,
    git: async (argv) => checkout[argv.join(" ")],
    parseYaml,
    async startStandIns(world) {
      const standIns = await startStandInWorld(world);
      running.count += 1;
      endings.push(async () => {
        await standIns.close();
        running.count -= 1;
      });
      return standIns;
    },
    provideComponents: async () => "file:///tmp/components.git",
    writePrivateFile: async (name, contents) => {
      privateFiles.set(name, contents);
      return `/tmp/sandbox/${name}`;
    },
    runProgram: program,
    waitForEnd: async () => {},
    close: async () => {
      await Promise.all(endings.map((end) => end()));
    },
  };
}

/** Asks STS for a role as a job does, with what its environment has. */
export async function assumeRole(
  env: Environment,
  roleArn: string,
  token = "GITLAB_OIDC_TOKEN",
): Promise<number> {
  const body = new URLSearchParams({
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: roleArn,
    RoleSessionName: "job",
    WebIdentityToken: env[`GCL_VARIABLE_${token}`] ?? "",
  });
  const answer = await fetch(env.GCL_VARIABLE_AWS_ENDPOINT_URL_STS ?? "", { method: "POST", body });
  await answer.text();
  return answer.status;
}
