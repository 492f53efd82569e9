import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startListener } from "../../stand-ins/http-listener.ts";
import { exchange } from "./sts/client.ts";
import { describeWorld } from "./world.ts";

const PROGRAM = join(import.meta.dirname, "stand-ins.ts");

let folder: string;
const running = new Set<ChildProcess>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stand-ins-test-"));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
});

/** What the program printed, and its exit code once it has ended. */
interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Program {
  readonly ready: Promise<string>;
  readonly ended: Promise<Run>;
  interrupt(signal: NodeJS.Signals): void;
}

function start(...args: readonly string[]): Program {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  const output = { stdout: "", stderr: "" };
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  const ready = new Promise<string>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output.stdout += text;
      if (output.stdout.includes("Ctrl+C")) resolve(output.stdout);
    });
  });
  const ended = new Promise<Run>((resolve) => {
    child.once("close", (exitCode) => {
      running.delete(child);
      resolve({ exitCode, ...output });
    });
  });
  return { ready, ended, interrupt: (signal) => child.kill(signal) };
}

async function readVariables(file: string): Promise<Record<string, string>> {
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
}

/** Exchanges the token in a file of variables, as a job would. */
async function exchangeFrom(variables: Record<string, string>) {
  const {
    GITLAB_OIDC_TOKEN: token = "",
    AWS_OIDC_STS_ENDPOINT: url = "",
    NODE_EXTRA_CA_CERTS: ca,
  } = variables;
  const authority = ca === undefined ? undefined : { certificatePem: await readFile(ca, "utf8") };
  return exchange({ sts: { url }, authority, mintToken: () => token });
}

describe("the stand-ins as a program", () => {
  it.each(["http", "https"])("serve an exchange over %s until they are interrupted", async (scheme) => {
    const file = join(folder, "job.env");
    await writeFile(file, "left over", { mode: 0o644 });
    const program = start("--write-env", file, ...(scheme === "https" ? ["--tls"] : []));
    const printed = await program.ready;
    const variables = await readVariables(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(printed).toContain(variables.AWS_OIDC_STS_ENDPOINT);
    expect(await exchangeFrom(variables)).toMatchObject({ Audience: variables.CI_SERVER_URL });
    program.interrupt("SIGTERM");
    const { exitCode, stdout, stderr } = await program.ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).not.toContain(variables.GITLAB_OIDC_TOKEN);
    expect(existsSync(variables.NODE_EXTRA_CA_CERTS ?? "")).toBe(false);
  });

  it("serve the world of a file, on the port asked for", async () => {
    const [worldFile, environmentFile] = [join(folder, "world.json"), join(folder, "world.env")];
    const { accounts } = describeWorld("https://git.acme.example");
    await writeFile(worldFile, JSON.stringify({ iss: "https://git.acme.example", accounts }));
    const { port, close } = await startListener({ handle: async () => {} });
    await close();
    const program = start("--world", worldFile, "--write-env", environmentFile, "--port", String(port));
    await program.ready;
    const variables = await readVariables(environmentFile);
    expect(variables).toMatchObject({
      CI_SERVER_URL: "https://git.acme.example",
      AWS_OIDC_STS_ENDPOINT: `http://127.0.0.1:${port}`,
    });
    expect(await exchangeFrom(variables)).toMatchObject({ Audience: "https://git.acme.example" });
    program.interrupt("SIGINT");
    expect(await program.ended).toMatchObject({ exitCode: 0, stderr: "" });
    await expect(exchangeFrom(variables)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("explain themselves", async () => {
    const { exitCode, stdout, stderr } = await start("--help").ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^Starts a GitLab .*\n\nusage: npm run stand-ins -- \[options\]\n/);
  });

  it("do not start on a port that is taken", async () => {
    const { port, close } = await startListener({ handle: async () => {} });
    const { exitCode, stderr } = await start("--port", String(port)).ended;
    expect(exitCode).toBe(1);
    expect(stderr).toBe(`stand-ins: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`);
    await close();
  });
});

describe("a bad argument", () => {
  it("ends with one message and exit code 2", async () => {
    expect(await start("--port", "70000").ended).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: 'stand-ins: "--port" must be a whole number from 0 to 65535, got "70000"\n',
    });
  });

  it("names a file that cannot be written", async () => {
    const { exitCode, stderr } = await start("--write-env", join(folder, "absent", "job.env")).ended;
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^stand-ins: "--write-env": cannot write .*: ENOENT: no such file or directory/);
  });
});
