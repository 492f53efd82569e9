import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatHcl, type HclBody, parseHcl } from "../harness/hcl.ts";
import { parseHclExpression } from "../harness/hcl-expression.ts";
import { readHclModule } from "../harness/hcl-module.ts";
import { applyDocument, onlyRole } from "../unit/aws/identity-setup/read-back.ts";

const INFRA = join(import.meta.dirname, "../../examples/infra");
const read = (path: string) => readFileSync(join(INFRA, path), "utf8");

const ENVIRONMENTS = ["review", "staging", "production"] as const;

/** What a folder that calls the module of roles has it make. */
async function planOf(folder: string) {
  const text = read(`terraform/${folder}/main.tf`);
  const { module: modules = {}, locals } = await parseHcl("main.tf", text);
  const [call = {}] = modules.roles ?? [];
  expect(call.source).toBe("../modules/gitlab-oidc-roles");
  const { source: _, roles, ...others } = call;
  const resolved = await resolveRoles(roles as Readonly<Record<string, unknown>>, locals?.[0] ?? {});
  const roleModule = await readHclModule(join(INFRA, "terraform/modules/gitlab-oidc-roles"));
  const variables = { ...others, roles: resolved };
  expect(roleModule.validate(variables)).toEqual([]);
  const arn = "arn:aws:iam::123456789012:oidc-provider/gitlab.com";
  return {
    policies: roleModule.local("trust_policies", variables, { provider_arn: arn }) as Readonly<
      Record<string, string>
    >,
    problems: roleModule.local("problems", variables, {}),
    variables,
  };
}

/** Roles as objects, where some are expressions over locals. */
async function resolveRoles(roles: Readonly<Record<string, unknown>>, locals: HclBody) {
  const entries = Object.entries(roles).map(async ([name, role]) => {
    const [, text] = /^\$\{([\s\S]*)\}$/.exec(String(role)) ?? [];
    return [name, text === undefined ? role : (await parseHclExpression(text))({ local: locals })] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const conditionsIn = (policy: string) => {
  const [{ Condition }] = JSON.parse(policy).Statement;
  const tests = Object.entries<Record<string, string | readonly string[]>>(Condition).flatMap(
    ([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => `${operator} ${key} ${[values].flat().sort().join()}`),
  );
  return tests.sort();
};

describe("the module of roles", () => {
  it("makes in one account the roles that have accounts of their own elsewhere", async () => {
    const { policies, problems } = await planOf("one-account");
    expect(Object.values(problems as object).flat()).toEqual([]);
    for (const environment of ENVIRONMENTS) {
      const { policyText } = onlyRole(
        await applyDocument(read(`terraform/${environment}/identity.tf`), "terraform"),
      );
      expect(conditionsIn(policies[`shop-${environment}`] ?? "")).toEqual(conditionsIn(policyText));
    }
    expect(Object.keys(policies).length).toBe(ENVIRONMENTS.length);
  });

  it("gives all roles of the platform team its boundary, which has neither IAM nor other roles in it", async () => {
    const { policies, problems, variables } = await planOf("platform");
    expect(Object.values(problems as object).flat()).toEqual([]);
    expect(Object.keys(policies)).toEqual(["api-release", "data-import", "shop-deploy"]);
    expect(variables).toMatchObject({
      permissions_boundary: `\${aws_iam_policy.boundary.arn}`,
      path: "/gitlab/",
    });
    const { data } = await parseHcl("boundary.tf", read("terraform/platform/boundary.tf"));
    const [boundary] = data?.aws_iam_policy_document?.boundary ?? [];
    const statements = (boundary?.statement ?? []) as readonly { readonly actions: readonly string[] }[];
    const actions = statements.flatMap((one) => one.actions);
    expect(actions).toContain("s3:*");
    expect(actions.filter((action) => /^(?:iam|sts|organizations|account|\*)(?::|$)/.test(action))).toEqual([
      "iam:PassRole",
    ]);
    const [teams] = data?.aws_iam_policy_document?.teams ?? [];
    expect(teams?.statement).toEqual([
      expect.objectContaining({
        condition: [expect.objectContaining({ test: "StringEquals", variable: "iam:PermissionsBoundary" })],
      }),
    ]);
  });

  const page = read("terraform/modules/gitlab-oidc-roles/README.md");
  const rows = [...page.matchAll(/^\| `(\w+)` +\| (.*?) +\|(?: `(.*?)` +\| (?:`(.*?)`|required) +\|)?$/gm)];

  it("has a page that names every input and output as the files do", async () => {
    const folder = "terraform/modules/gitlab-oidc-roles";
    const { variable = {} } = await parseHcl("variables.tf", read(`${folder}/variables.tf`));
    const { output = {} } = await parseHcl("outputs.tf", read(`${folder}/outputs.tf`));
    const described = Object.entries({ ...variable, ...output }).map(([name, [body]]) => [
      name,
      body?.description,
    ]);
    const section = page.slice(page.indexOf("## Inputs"));
    const told = rows
      .filter((row) => section.includes(row[0]))
      .map(([, name, text]) => [name, text])
      .sort();
    expect(told).toEqual(described.sort());
  });

  it("has a page that names every attribute of a role with its default", async () => {
    const text = read("terraform/modules/gitlab-oidc-roles/variables.tf");
    const attributes = [...text.matchAll(/(\w+) += optional\((.+?)(?:, ([^()]+))?\)$/gm)];
    const section = page.slice(page.indexOf("## A role"), page.indexOf("## Inputs"));
    const told = [...section.matchAll(/^\| `(\w+)` +\| `(.*?)` +\| `(.*?)` +\|/gm)];
    expect(told.map(([, ...cells]) => cells)).toEqual(
      attributes.map(([, name, type, fallback = "null"]) => [name, type, fallback]),
    );
  });

  it("is called on its page as it can be", async () => {
    const [, usage = ""] = /```hcl\n([\s\S]*?)```/.exec(page) ?? [];
    expect(await formatHcl(usage)).toBe(usage);
    const { module = {} } = await parseHcl("usage.tf", usage);
    const [{ roles } = {}] = module.gitlab_roles ?? [];
    const roleModule = await readHclModule(join(INFRA, "terraform/modules/gitlab-oidc-roles"));
    expect(roleModule.validate({ roles })).toEqual([]);
  });
});
