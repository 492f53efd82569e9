import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { startWorld, type World } from "../fakes/world.ts";
import { type Files, readFiles, withLocalComponents } from "./consumer-project.ts";
import { type PipelineOptions, type PipelineRun, runPipeline } from "./pipeline.ts";
import { type Configuration, checkSchema } from "./schema.ts";
import { describeRoles, withSecondRole } from "./world-of-roles.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples/pipelines");

const ROLES = describeRoles({
  "arn:aws:iam::111111111111:role/deploy": "*",
  "arn:aws:iam::222222222222:role/deploy": "main",
  "arn:aws:iam::111111111111:role/terraform-state": "main",
  "arn:aws:iam::222222222222:role/terraform": "main",
  "arn:aws:iam::333333333333:role/deploy": "main",
  "arn:aws:iam::123456789012:role/deploy": "main",
  "arn:aws:iam::123456789012:role/deploy-api": "main",
  "arn:aws:iam::123456789012:role/deploy-web": "main",
  "arn:aws:iam::123456789012:role/push-images": "main",
  "arn:aws:iam::123456789012:role/terraform-plan": "*",
  "arn:aws:iam::123456789012:role/terraform-apply": "main",
  "arn:aws:iam::123456789012:role/audit": "main",
  "arn:aws:iam::210987654321:role/audit": "main",
});

/** Of the examples that ran, with their includes. */
const configurations: Record<string, Configuration> = {};
let world: World;
beforeAll(async () => {
  world = await startWorld({ world: ROLES });
});
afterAll(() => world.close());

async function readExample(name: string): Promise<Files> {
  const files = await readFiles(join(EXAMPLES, name));
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path, withLocalComponents(text)] as const),
  );
}

async function runExample(name: string, options: Omit<PipelineOptions, "files">): Promise<PipelineRun> {
  const run = await runPipeline(world, { ...options, files: await readExample(name) });
  configurations[name] = run.configuration;
  return run;
}

/** What the probes of a pipeline said, by the job that they ran in. */
function probed(run: PipelineRun): Readonly<Record<string, readonly string[]>> {
  expect(run.output).not.toContain("FAIL");
  expect(run.exitCode).toBe(0);
  const lines = Object.entries(run.jobs).map(([job, { log }]) => [job, log.match(/^.* → .*$/gm)] as const);
  return Object.fromEntries(lines.filter((entry): entry is [string, RegExpMatchArray] => entry[1] !== null));
}

/** How a probe names a session of a job, and its Region. */
function as(accountId: string, role: string, region = "eu-central-1"): string {
  return `→ arn:aws:sts::${accountId}:assumed-role/${role}/GitLabRunner-1217-1000 in ${region}`;
}

const BUILT = ["npm ci → nobody in no Region", "npm run build → nobody in no Region"];

it("are all tried here", () => {
  const folders = readdirSync(EXAMPLES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual([
    "child-pipelines",
    "ecr-push",
    "environments",
    "matrix",
    "monorepo",
    "s3-deploy",
    "terraform",
    "terraform-accounts",
  ]);
});

it("s3-deploy builds as nobody and publishes as the role", async () => {
  const run = await runExample("s3-deploy", {
    probes: ["npm", "aws"],
    variables: { DISTRIBUTION_ID: "E2EXAMPLE" },
  });
  expect(probed(run)).toEqual({
    build: BUILT,
    deploy: [
      `aws s3 sync public/ s3://shop-production/ --delete ${as("123456789012", "deploy")}`,
      `aws cloudfront create-invalidation --distribution-id E2EXAMPLE --paths /* ${as("123456789012", "deploy")}`,
    ],
  });
});

it("ecr-push logs in to the registry and pushes as the role", async () => {
  const run = await runExample("ecr-push", {
    probes: ["apk", "aws", "docker"],
    idTokens: { push: {} },
    // A service is a container.
    overrides: { push: { services: [] } },
  });
  const me = as("123456789012", "push-images");
  const registry = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
  expect(probed(run).push).toEqual([
    `apk add --no-cache aws-cli ${me}`,
    // Both ends of a pipe run at the same time.
    expect.stringMatching(/^(aws ecr|docker login) /),
    expect.stringMatching(/^(aws ecr|docker login) /),
    expect.stringMatching(new RegExp(`^docker build --tag ${registry}/shop:[0-9a-f]{40} . ${me}$`)),
    expect.stringMatching(new RegExp(`^docker push ${registry}/shop:[0-9a-f]{40} ${me}$`)),
  ]);
});

describe("terraform", () => {
  const probes = ["terraform"];
  const plan = as("123456789012", "terraform-plan");
  const apply = as("123456789012", "terraform-apply");

  // GitLab shows the manual job and waits; gitlab-ci-local leaves out what `--manual` does not name.
  it("plans and applies by two roles, once somebody has approved", async () => {
    const production = { name: "production" };
    const run = await runExample("terraform", {
      probes,
      idTokens: { plan: {}, apply: { environment: production } },
      manual: ["apply"],
    });
    expect(probed(run)).toEqual({
      plan: [
        `terraform init -input=false -lockfile=readonly ${plan}`,
        `terraform plan -input=false -out=plan.tfplan ${plan}`,
      ],
      apply: [
        `terraform init -input=false -lockfile=readonly ${apply}`,
        `terraform apply -input=false plan.tfplan ${apply}`,
      ],
    });
  });

  it("only plans in a merge request", async () => {
    const run = await runExample("terraform", {
      probes,
      idTokens: { plan: { ref: "feature" } },
      variables: { CI_PIPELINE_SOURCE: "merge_request_event", CI_COMMIT_BRANCH: "" },
      manual: ["apply"],
    });
    expect(Object.keys(probed(run))).toEqual(["plan"]);
  });
});

it("terraform-accounts keeps its state in one account and its resources in two others", async () => {
  const second = "arn:aws:iam::333333333333:role/dns-records";
  const ownWorld = await startWorld({
    world: withSecondRole(ROLES, {
      first: "arn:aws:iam::222222222222:role/terraform",
      second,
      externalId: "acme-dns",
    }),
  });
  try {
    const files = await readExample("terraform-accounts");
    const run = await runPipeline(ownWorld, {
      files,
      probes: ["terraform"],
      idTokens: { apply: {} },
    });
    configurations["terraform-accounts"] = run.configuration;
    const by = (command: string) => [
      `${command} by state ${as("111111111111", "terraform-state", "no Region")}`,
      `${command} by production ${as("222222222222", "terraform", "no Region")}`,
      `${command} by dns ${as("333333333333", "dns-records", "no Region")}`,
    ];
    expect(probed(run).apply).toEqual([
      ...by("terraform init -input=false -lockfile=readonly"),
      ...by("terraform apply -input=false -auto-approve"),
    ]);
  } finally {
    await ownWorld.close();
  }
});

describe("environments", () => {
  const probes = ["npm", "aws"];
  const roleArns = {
    "review/*": "arn:aws:iam::111111111111:role/deploy",
    staging: "arn:aws:iam::222222222222:role/deploy",
    production: "arn:aws:iam::333333333333:role/deploy",
  };

  it("deploys a merge request to the account for reviews", async () => {
    const run = await runExample("environments", {
      probes,
      idTokens: { "review-role": { ref: "feature", environment: { name: "review/main" } } },
      variables: {
        DEPLOY_ROLE_ARN: roleArns,
        CI_PIPELINE_SOURCE: "merge_request_event",
        CI_COMMIT_BRANCH: "",
      },
    });
    expect(probed(run)).toEqual({
      build: BUILT,
      "deploy-review": [
        expect.stringMatching(
          new RegExp(`^aws s3 sync public/ s3://shop-review-main-\\w+/ ${as("111111111111", "deploy")}$`),
        ),
      ],
    });
  });

  it("deploys the default branch to staging and, once its role is started by hand, to production", async () => {
    const environments = ["staging", "production"];
    const run = await runExample("environments", {
      probes,
      idTokens: Object.fromEntries(
        environments.map((name) => [`${name}-role`, { environment: { name } }] as const),
      ),
      variables: { DEPLOY_ROLE_ARN: roleArns },
      manual: ["production-role"],
    });
    expect(probed(run)).toEqual({
      build: BUILT,
      "deploy-staging": [`aws s3 sync public/ s3://shop-staging/ ${as("222222222222", "deploy")}`],
      "deploy-production": [`aws s3 sync public/ s3://shop-production/ ${as("333333333333", "deploy")}`],
    });
  });
});

it("matrix deploys to several Regions by one exchange, and audits several accounts by one each", async () => {
  const before = world.sts.requests.length;
  const run = await runExample("matrix", { probes: ["aws"], idTokens: { "assume-role": {}, audit: {} } });
  const deploy = "aws lambda update-function-code --function-name shop --zip-file fileb://shop.zip";
  const audit = "aws configservice describe-compliance-by-config-rule";
  const regions = ["eu-central-1", "us-east-1"];
  const deployed = regions.map((region) => [
    `deploy: [${region}]`,
    [`${deploy} ${as("123456789012", "deploy", region)}`],
  ]);
  const audited = ["123456789012", "210987654321"].flatMap((account) =>
    regions.map((region) => [`audit: [${account},${region}]`, [`${audit} ${as(account, "audit", region)}`]]),
  );
  expect(probed(run)).toEqual(Object.fromEntries([...deployed, ...audited]));
  const exchanges = world.sts.requests
    .slice(before)
    .filter(({ action }) => action === "AssumeRoleWithWebIdentity");
  expect(exchanges).toHaveLength(1 + 4);
});

// gitlab-ci-local runs the child pipeline instead of the trigger job, and without the files of the parent's jobs. It
// takes its end for a success in any case, so that only the jobs tell.
it("child-pipelines gets credentials in the child pipeline alone", async () => {
  const run = await runExample("child-pipelines", {
    probes: ["npm", "aws"],
    idTokens: { "assume-role": { environment: { name: "production" } } },
  });
  const inTheChild = as("123456789012", "deploy").replace("-1000", "-1001");
  expect(probed(run)).toEqual({
    build: BUILT,
    publish: [`aws s3 sync public/ s3://shop-production/ ${inTheChild}`],
  });
});

it("monorepo deploys what has changed, by its own role", async () => {
  const run = await runExample("monorepo", {
    probes: ["aws"],
    changes: { "services/api/handler.py": "" },
    idTokens: { "api-role": {}, "web-role": {} },
  });
  expect(probed(run)).toEqual({
    "deploy-api": [
      `aws lambda update-function-code --function-name api --zip-file fileb://services/api/api.zip ${as("123456789012", "deploy-api")}`,
    ],
  });
  expect(Object.keys(run.jobs)).toEqual(["api-role", "deploy-api"]);
});

it("fit GitLab's schema", async () => {
  // Of child pipelines, the child's configuration is what ran last.
  const { ".gitlab-ci.yml": parent = "" } = await readExample("child-pipelines");
  const all = { ...configurations, "parent of child-pipelines": parse(parent) };
  expect(await checkSchema(all)).toContain("json schema validated");
});
