import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { renderPlayground } from "../../../build/playground.ts";

const ROOT = join(import.meta.dirname, "../../..");
const PROGRAM = join(ROOT, "build/serve-playground.ts");

let server: ChildProcess;
let url: string;
beforeAll(async () => {
  server = spawn(process.execPath, [PROGRAM, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  if (server.stdout === null) throw new Error("nothing to read");
  const [line] = await once(createInterface(server.stdout), "line");
  url = /http:\/\/127\.0\.0\.1:\d+\//.exec(String(line))?.[0] ?? `no address in ${line}`;
});
afterAll(async () => {
  const ended = once(server, "exit");
  server.kill();
  await ended;
});

it("serves the page that the source gives now, and asks the browser to keep none", async () => {
  const response = await fetch(url);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect((await response.text()) === (await renderPlayground(ROOT)).html).toBe(true);
});

it("serves nothing else", async () => {
  expect((await fetch(`${url}package.json`)).status).toBe(404);
});

it("says what to do when the port is taken", async () => {
  const { port } = new URL(url);
  const second = spawn(process.execPath, [PROGRAM, "--port", port], { stdio: ["ignore", "ignore", "pipe"] });
  if (second.stderr === null) throw new Error("nothing to read");
  const [[line], [exitCode]] = await Promise.all([
    once(createInterface(second.stderr), "line"),
    once(second, "exit"),
  ]);
  expect(line).toContain("npm run playground -- --port 0");
  expect(exitCode).toBe(1);
});
