import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import budget from "../../bench/budget.json" with { type: "json" };
import { EXTERNAL_ID, ROLES, startWorld, type World } from "../fakes/world.ts";
import { runInWorld } from "../harness/scenario.ts";

let world: World;
let home: string;
beforeAll(async () => {
  world = await startWorld({ tls: true });
  home = mkdtempSync(join(tmpdir(), "aws-oidc-home-"));
});
afterAll(async () => {
  rmSync(home, { recursive: true, force: true });
  await world.close();
});

/** Traffic that a run causes. */
async function trafficOf(env: Readonly<Record<string, string>>) {
  const { connections } = world.sts;
  const run = await runInWorld(world, { env });
  expect(run.stderr).toMatch(/^! NODE_EXTRA_CA_CERTS: .*\n$/);
  expect(run.exitCode).toBe(0);
  return { connections: world.sts.connections - connections, requests: run.actions.length };
}

it("opens one TLS connection and sends two requests", async () => {
  const { connections, requests } = budget;
  expect(await trafficOf({})).toEqual({ connections, requests });
});

it("sends one request more over the same connection when it chains", async () => {
  const traffic = await trafficOf({
    AWS_OIDC_CHAINED_ROLE_ARN: ROLES.production,
    AWS_OIDC_EXTERNAL_ID: EXTERNAL_ID,
  });
  expect(traffic).toEqual({ connections: budget.connections, requests: budget.requestsWhenChaining });
});

interface FileCall {
  readonly name: string;
  readonly path: string;
  readonly flags?: unknown;
}

function isRead({ name, flags }: FileCall): boolean {
  if (/^open/.test(name)) return !/^[wa]/.test(String(flags));
  return !/^(?:unlink|rm|rename|write)/.test(name);
}

it("reads no file at all", async () => {
  const record = join(home, "files.json");
  const run = await runInWorld(world, {
    env: { RECORD_FILES_IN: record },
    node: [process.execPath, "--require", join(import.meta.dirname, "record-files.cjs")],
  });
  expect(run.exitCode).toBe(0);
  const calls: readonly FileCall[] = JSON.parse(readFileSync(record, "utf8"));
  expect(calls.map(({ path }) => path)).toContain("aws-oidc-31337.env");
  // Node itself reads the bundle, and looks for a package.json beside it.
  const own = calls.filter(({ path }) => !path.startsWith(join(inject("bundle"), "..")));
  expect(own.filter(isRead)).toEqual(budget.filesRead);
});

it("does not mind what the shared configuration files of the AWS tools say", async () => {
  const settings = [
    "region = us-gov-west-1",
    "use_fips_endpoint = true",
    "endpoint_url = http://127.0.0.1:1",
    "max_attempts = 9",
    "sdk_ua_app_id = from-a-file",
  ];
  mkdirSync(join(home, ".aws"));
  writeFileSync(join(home, ".aws/config"), `[default]\n${settings.join("\n")}\n`);
  writeFileSync(
    join(home, ".aws/credentials"),
    "[default]\naws_access_key_id = AKIAFROMAFILE\naws_secret_access_key = x\n",
  );
  expect(await trafficOf({ HOME: home })).toEqual({
    connections: budget.connections,
    requests: budget.requests,
  });
  expect(world.sts.requests.at(-1)?.userAgent).toContain("app/gitlab-aws-oidc");
});
