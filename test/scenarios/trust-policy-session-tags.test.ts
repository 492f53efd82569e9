import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWorld, type World } from "../fakes/world.ts";
import { runScript } from "../harness/run-script.ts";
import { runInWorld } from "../harness/scenario.ts";
import { unwrapped } from "../harness/stable.ts";
import { applyDocument, onlyRole } from "../unit/aws/identity-setup/read-back.ts";

const ROLE = "arn:aws:iam::123456789012:role/shop";

const FLAGS = [
  ...["--account=123456789012", "--project=acme/shop", "--branch=main", "--role-name=shop"],
  ...["--session-tags", "project,ref,team=shop"],
];

/** An account in which the document was applied, with another role that has a session of its own. */
async function startAccount(format: "cloudformation" | "terraform" | "cli"): Promise<World> {
  const { stdout } = await runScript({ argv: ["trust-policy", `--format=${format}`, ...FLAGS] });
  const { providers, roles } = await applyDocument(stdout, format);
  const { name = "", policyText, inlinePolicies = [] } = onlyRole({ providers, roles });
  const trustPolicy = JSON.parse(policyText);
  const [exchange] = trustPolicy.Statement;
  const account = {
    oidcProviders: providers.map(({ url, audiences }) => ({ url, clientIds: audiences })),
    roles: [
      { name, trustPolicy, identityPolicy: inlinePolicies[0] },
      {
        name: "neighbour",
        trustPolicy: { ...trustPolicy, Statement: [exchange] },
        identityPolicy: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: ["sts:AssumeRole", "sts:TagSession"], Resource: "*" }],
        },
      },
    ],
  };
  return startWorld({ iss: "https://gitlab.com", world: { accounts: { "123456789012": account } } });
}

const chain = (tags: string, first = ROLE) => ({
  AWS_OIDC_ROLE_ARN: first,
  AWS_OIDC_CHAINED_ROLE_ARN: ROLE,
  AWS_OIDC_SESSION_TAGS: tags,
});

describe.each(["cloudformation", "terraform", "cli"] as const)("a role made by %s", (format) => {
  let world: World;
  beforeAll(async () => {
    world = await startAccount(format);
  });
  afterAll(() => world.close());

  it("is chained to itself with its tags", async () => {
    const run = await runInWorld(world, { env: chain("project, ref, team=shop") });
    expect(run.exitCode, run.stderr).toBe(0);
    const tagged = world.sts.requests.find(({ action }) => action === "AssumeRole");
    expect(tagged?.parameters).toMatchObject({
      RoleArn: ROLE,
      "Tags.member.1.Key": "project",
      "Tags.member.1.Value": "acme/shop",
      "Tags.member.3.Value": "shop",
    });
  });

  it.each([
    ["another value of a tag that has one", chain("project, team=api")],
    ["without a tag that has a value", chain("project")],
    ["a tag that was not named", chain("team=shop, user")],
    ["the session of another role of the account", chain("team=shop", ROLE.replace(/shop$/, "neighbour"))],
  ])("is not assumed with %s", async (_, env) => {
    const run = await runInWorld(world, { env });
    expect(run.exitCode).toBe(1);
    expect(run.actions.at(-1)).toBe("AssumeRole");
    expect(run.stderr).toContain(
      "is not allowed sts:AssumeRole on resource: arn:aws:iam::123456789012:role/shop",
    );
  });
});

it("says on standard error what a trust policy alone leaves out", async () => {
  const boundary = "--permissions-boundary=arn:aws:iam::123456789012:policy/boundary";
  const run = await runScript({ argv: ["trust-policy", ...FLAGS, boundary] });
  expect(run.exitCode).toBe(0);
  const notes = run.stderr.split(/^(?=! )/m).map(unwrapped);
  expect(notes).toEqual([
    expect.stringContaining("without --permissions-boundary"),
    expect.stringMatching(
      /so that its own sessions can assume it: \{"Version":.*"sts:AssumeRole","sts:TagSession".*role\/shop"\}\]\} $/,
    ),
    expect.stringContaining("must allow sts:AssumeRole and sts:TagSession on the role itself"),
    expect.stringContaining("the value of project, ref themselves"),
  ]);
  expect(JSON.parse(run.stdout).Statement[1]).toMatchInlineSnapshot(`
    {
      "Action": [
        "sts:AssumeRole",
        "sts:TagSession",
      ],
      "Condition": {
        "ArnEquals": {
          "aws:PrincipalArn": "arn:aws:iam::123456789012:role/shop",
        },
        "ForAllValues:StringEquals": {
          "aws:TagKeys": [
            "project",
            "ref",
            "team",
          ],
        },
        "StringEquals": {
          "aws:RequestTag/team": "shop",
        },
      },
      "Effect": "Allow",
      "Principal": {
        "AWS": "arn:aws:iam::123456789012:root",
      },
    }
  `);
});
