import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CelEngine, TemplateFile } from "@aws/cloudformation-validate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { inputsOf } from "../../src/config/inputs/inputs.ts";
import type { TokenDescription } from "../../stand-ins/gitlab-job.ts";
import { startWorld, type World } from "../fakes/world.ts";
import { formatHcl, parseHcl } from "../harness/hcl.ts";
import { runScript } from "../harness/run-script.ts";
import { applyDocument, onlyRole } from "../unit/aws/identity-setup/read-back.ts";
import { findDocumentedCommands } from "./documented-commands.ts";

const ROOT = join(import.meta.dirname, "../..");
const INFRA = join(ROOT, "examples/infra");

const read = (path: string) => readFileSync(join(INFRA, path), "utf8");

const SETUPS = [
  { name: "terraform", identity: "identity.tf" },
  { name: "cloudformation", identity: "role.json" },
] as const;

const ENVIRONMENTS = ["review", "staging", "production"] as const;

describe.each(SETUPS)("$name", ({ name, identity }) => {
  const commands = findDocumentedCommands(read(`${name}/README.md`));

  it("has a command for every environment", () => {
    const files = commands.map(({ file }) => file);
    expect(files).toEqual(
      ENVIRONMENTS.map((environment) => `examples/infra/${name}/${environment}/${identity}`),
    );
  });

  it.each(commands.map(({ argv, file = "" }) => ({ argv, file })))(
    "$file is what the command prints",
    async ({ argv, file }) => {
      const run = await runScript({ argv });
      expect(run.exitCode).toBe(0);
      await expect(run.stdout).toMatchFileSnapshot(join(ROOT, file));
    },
  );
});

const terraformFiles = readdirSync(join(INFRA, "terraform"), { recursive: true, encoding: "utf8" }).filter(
  (path) => path.endsWith(".tf"),
);

describe("terraform", () => {
  it.each(terraformFiles)("%s is formatted as `terraform fmt` does it", async (path) => {
    const text = read(`terraform/${path}`);
    expect(await formatHcl(text)).toBe(text);
    await parseHcl(path, text);
  });

  it.each(ENVIRONMENTS)("%s gives the permissions to the role that it makes", async (environment) => {
    const folder = `terraform/${environment}`;
    const { module = {} } = await parseHcl("main.tf", read(`${folder}/main.tf`));
    const { resource = {} } = await parseHcl("identity.tf", read(`${folder}/identity.tf`));
    const label = `shop_${environment}`;
    expect(Object.keys(resource.aws_iam_role ?? {})).toEqual([label]);
    expect(module.permissions?.[0]).toMatchObject({
      role_name: `\${aws_iam_role.${label}.name}`,
      environment,
    });
  });
});

describe("cloudformation", () => {
  const engine = new CelEngine();
  afterAll(() => engine.free());

  it.each([
    ...ENVIRONMENTS.map((environment) => `${environment}/role.json`),
    "permissions.yaml",
    "provider.yaml",
    "issuer-bucket.yaml",
  ])("%s is what the resource specification asks for", (path) => {
    const { diagnostics } = engine.validateStandard(new TemplateFile(join(INFRA, "cloudformation", path)));
    expect(diagnostics.filter(({ severity }) => severity !== "INFO")).toEqual([]);
  });
});

/** The statements of both permission policies, as `Sid`, actions and resources. */
async function permissionStatements(): Promise<readonly (readonly [string, string, string])[]> {
  const { data } = await parseHcl("main.tf", read("terraform/modules/permissions/main.tf"));
  const [document] = data?.aws_iam_policy_document?.permissions ?? [];
  const terraform = document?.statement as readonly Record<"sid" | "actions" | "resources", unknown>[];
  const { Permissions } = parseYaml(read("cloudformation/permissions.yaml")).Resources;
  const cloudFormation: readonly Record<"Sid" | "Action" | "Resource", unknown>[] =
    Permissions.Properties.PolicyDocument.Statement;
  const text = (value: unknown) =>
    [value].flat().map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
  return [
    ...terraform.map(
      ({ sid, actions, resources }) => [String(sid), text(actions).join(), text(resources).join()] as const,
    ),
    ...cloudFormation.map(
      ({ Sid, Action, Resource }) => [String(Sid), text(Action).join(), text(Resource).join()] as const,
    ),
  ];
}

describe("permissions", () => {
  it("are the same in both", async () => {
    const statements = await permissionStatements();
    const actions = statements.map(([sid, names]) => `${sid}: ${names}`);
    expect(actions.slice(0, actions.length / 2)).toEqual(actions.slice(actions.length / 2));
  });

  it("name every action, and resources wherever AWS can tell them apart", async () => {
    const statements = await permissionStatements();
    expect(statements.filter(([, actions]) => actions.includes("*"))).toEqual([]);
    const everything = statements.filter(([, , resources]) => resources === "*");
    expect([...new Set(everything.map(([, actions]) => actions))]).toEqual(["ec2:DescribeInstances"]);
  });
});

interface Pipeline {
  readonly include: readonly {
    readonly component: string;
    readonly inputs: Readonly<Record<string, unknown>>;
  }[];
}

// `!reference` is a tag of GitLab's own.
const pipeline = (): Pipeline => parseYaml(read(".gitlab-ci.yml"), { logLevel: "silent" });

describe("the pipeline", () => {
  it("gives the component inputs that it has", () => {
    const names = inputsOf("assume-role").map(({ name }) => name);
    for (const { component, inputs } of pipeline().include) {
      expect(component).toBe("$CI_SERVER_FQDN/<group>/aws-oidc/assume-role@1");
      expect(names).toEqual(expect.arrayContaining(Object.keys(inputs)));
    }
  });

  it("assumes the role of each environment in its account", () => {
    const roles = pipeline().include.map(({ inputs }) => [inputs["role-arn"], inputs["allowed-account-ids"]]);
    const accounts = ["111111111111", "222222222222", "333333333333"];
    expect(roles).toEqual(
      ENVIRONMENTS.map((environment, index) => [
        `arn:aws:iam::${accounts[index]}:role/shop-${environment}`,
        accounts[index],
      ]),
    );
  });
});

const BRANCH: TokenDescription = { ref: "feature/search", refProtected: false };
const MAIN: TokenDescription = { ref: "main" };
const TAG: TokenDescription = { ref: "v1.4.0", refType: "tag" };
const UNPROTECTED_TAG: TokenDescription = { ...TAG, refProtected: false };
const NAMESAKE: TokenDescription = { projectId: "9999" };

/** For each environment, the jobs that get in. */
const ADMITTED: Readonly<Record<(typeof ENVIRONMENTS)[number], readonly TokenDescription[]>> = {
  review: [BRANCH, MAIN],
  staging: [MAIN],
  production: [TAG],
};

const JOBS = [BRANCH, MAIN, TAG, UNPROTECTED_TAG, NAMESAKE];

/** The provider that CloudFormation makes of `provider.yaml` without parameters. */
function providerOfTemplate() {
  const { Parameters, Resources } = parseYaml(read("cloudformation/provider.yaml"));
  const resolve = ({ Ref }: { readonly Ref: string }): string => Parameters[Ref].Default;
  const { Url, ClientIdList } = Resources.GitLabProvider.Properties;
  return { url: resolve(Url), audiences: ClientIdList.map(resolve) };
}

describe.each(SETUPS)("with the roles of $name in AWS", ({ name, identity }) => {
  let world: World;
  beforeAll(async () => {
    const applied = await Promise.all(
      ENVIRONMENTS.map((environment) => applyDocument(read(`${name}/${environment}/${identity}`), name)),
    );
    const account = {
      oidcProviders: [name === "terraform" ? applied[0]?.providers[0] : providerOfTemplate()]
        .filter((provider) => provider !== undefined)
        .map(({ url, audiences }) => ({ url, clientIds: audiences })),
      roles: applied.map(onlyRole).map(({ name = "", maxSessionSeconds = 3600, policyText }) => ({
        name,
        maxSessionDurationSeconds: maxSessionSeconds,
        trustPolicy: JSON.parse(policyText),
      })),
    };
    world = await startWorld({ iss: "https://gitlab.com", world: { accounts: { "123456789012": account } } });
  });
  afterAll(() => world.close());

  it.each(ENVIRONMENTS)(
    "the job for %s gets credentials on its refs, and on no other",
    async (environment) => {
      const outcomes = await Promise.all(
        JOBS.map(async (job) => {
          const env = {
            ...world.environment(job),
            AWS_OIDC_ROLE_ARN: `arn:aws:iam::123456789012:role/shop-${environment}`,
          };
          return (await runScript({ env })).exitCode;
        }),
      );
      expect(outcomes).toEqual(JOBS.map((job) => (ADMITTED[environment].includes(job) ? 0 : 1)));
    },
  );
});
