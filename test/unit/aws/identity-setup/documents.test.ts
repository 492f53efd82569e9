import { CelEngine, type Severity, TemplateFile } from "@aws/cloudformation-validate";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type {
  IdentitySetup,
  ManagedPolicy,
  RoleSetup,
} from "../../../../src/aws/identity-setup/identity-setup.ts";
import { renderIdentitySetup, type SetupFormat } from "../../../../src/aws/identity-setup/render.ts";
import { buildScopeConditions } from "../../../../src/aws/identity-setup/scope-conditions.ts";
import type { SessionTagRule } from "../../../../src/aws/identity-setup/session-tags.ts";
import { findSubForm } from "../../../../src/aws/identity-setup/sub-form.ts";
import type { ConditionTest, TrustPolicy } from "../../../../src/aws/trust-policy/model/policy.ts";
import { formatHcl } from "../../../harness/hcl.ts";
import { propertyRuns } from "../../../harness/property-runs.ts";
import {
  ACCOUNT,
  type Applied,
  type AppliedRole,
  applyDocument,
  onlyRole,
  runCommands,
} from "./read-back.ts";
import { SCOPE_CASES } from "./scope-cases.ts";

const FORMATS: readonly SetupFormat[] = [
  { name: "cli", account: ACCOUNT },
  { name: "cloudformation" },
  { name: "terraform" },
];

const engine = new CelEngine();
afterAll(() => engine.free());

/** A template in memory. */
class Template extends TemplateFile {
  readonly #text: string;

  constructor(text: string) {
    super("template.json");
    this.#text = text;
  }

  override readBytes(): Uint8Array {
    return new TextEncoder().encode(this.#text);
  }
}

const TOLD: readonly Severity[] = ["WARN", "ERROR", "FATAL"];

function findInTemplate(text: string): readonly string[] {
  const { diagnostics } = engine.validateStandard(new Template(text));
  return diagnostics
    .filter(({ severity }) => TOLD.includes(severity))
    .map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

const policies: readonly ManagedPolicy[] = [
  { kind: "aws-managed", name: "ReadOnlyAccess" },
  { kind: "arn", arn: "arn:aws:iam::123456789012:policy/ci/deploy" },
];

const conditionsOf = (index: number) => {
  const scopeCase = SCOPE_CASES[index % SCOPE_CASES.length];
  if (scopeCase === undefined) throw new Error("no scope");
  const { iss: issuer, audience = issuer, scope } = scopeCase;
  const form = findSubForm(scope, [scope], issuer);
  return { issuer, audience, conditions: buildScopeConditions(scope, { issuer, audience }, form) };
};

const sessionTags: readonly SessionTagRule[] = [
  { key: "team", value: "shop" },
  { key: "project", value: undefined },
  { key: "AWS", value: "a b" },
];

const roles = fc
  .record({
    name: fc.stringMatching(/^[\w+=,.@-]{1,64}$/),
    maxSessionSeconds: fc.integer({ min: 3600, max: 43_200 }),
    managedPolicies: fc.subarray([...policies]),
    permissionsBoundary: fc.constantFrom(undefined, ...policies),
    sessionTags: fc.subarray([...sessionTags]),
    ref: fc.string({ unit: fc.constantFrom(..."a1$%&{}'\"`!;#()<>|=é") }),
    index: fc.nat(),
  })
  .map(({ ref, index, ...role }): RoleSetup => {
    const { issuer, conditions } = conditionsOf(index);
    const odd = { operator: "StringEquals", key: `${issuer}:odd`, values: [ref] } as const;
    return {
      ...role,
      trust: { actions: ["sts:AssumeRoleWithWebIdentity"], conditions: [...conditions, odd] },
    };
  });

/** Any set-up that the command line lets through. */
const setups: fc.Arbitrary<IdentitySetup> = fc
  .record({
    index: fc.nat(),
    state: fc.constantFrom("new" as const, "existing" as const),
    roles: fc.uniqueArray(roles, {
      minLength: 1,
      maxLength: 3,
      selector: ({ name }) => name.toLowerCase(),
    }),
  })
  .map(({ index, state, roles }) => {
    const { issuer, audience } = conditionsOf(index);
    return { provider: { issuer, audience, state }, roles };
  });

const deploy: RoleSetup = {
  name: "deploy",
  maxSessionSeconds: 7200,
  managedPolicies: policies,
  permissionsBoundary: undefined,
  sessionTags: [],
  trust: { actions: ["sts:AssumeRoleWithWebIdentity"], conditions: conditionsOf(0).conditions },
};

const example: IdentitySetup = {
  provider: { issuer: "https://gitlab.com", audience: "https://gitlab.com", state: "new" },
  roles: [deploy],
};

const withRole = (change: Partial<RoleSetup>): IdentitySetup => ({
  ...example,
  roles: [{ ...deploy, ...change }],
});

const applied = (setup: IdentitySetup, format: SetupFormat) =>
  applyDocument(renderIdentitySetup(setup, format), format.name);

/** The order of conditions means nothing, and the parser of HCL does not keep it. */
const inOrder = ({ statements, ...policy }: TrustPolicy) => ({
  ...policy,
  statements: statements.map(({ conditions, ...statement }) => ({
    ...statement,
    conditions: conditions.toSorted((left, right) => (placeOf(left) < placeOf(right) ? -1 : 1)),
  })),
});

const arnOfPolicy = (policy: ManagedPolicy) =>
  policy.kind === "arn" ? policy.arn : `arn:aws:iam::aws:policy/${policy.name}`;

/** A role by its name; a document that is the trust policy of one role does not name it. */
function roleOf({ roles }: Applied, name: string): AppliedRole {
  const role = roles.find((one) => one.name === name) ?? (roles.length === 1 ? roles[0] : undefined);
  if (role === undefined) throw new Error(`no role ${name}`);
  return role;
}

/** What a role needs to be assumed by its own sessions. */
const ownPolicyOf = (name: string) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Resource: `arn:aws:iam::123456789012:role/${name}`,
    },
  ],
});

const placeOf = ({ operator, key }: ConditionTest) => `${operator} ${key}`;

describe.each(FORMATS.map((format) => ({ format, title: format.name })))("$title", ({ format }) => {
  it("makes the provider without thumbprints, and the role with its attachments", async () => {
    expect(await applied(example, format)).toMatchObject({
      providers: [{ url: "https://gitlab.com", audiences: ["https://gitlab.com"] }],
      roles: [
        {
          name: "deploy",
          maxSessionSeconds: 7200,
          policyArns: [
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "arn:aws:iam::123456789012:policy/ci/deploy",
          ],
          inlinePolicies: [],
        },
      ],
    });
    expect(renderIdentitySetup(example, format)).not.toMatch(/thumbprint-?_?list/i);
  });

  it("makes no provider where one exists, and trusts the same", async () => {
    const existing: IdentitySetup = { ...example, provider: { ...example.provider, state: "existing" } };
    const [fresh, reused] = [await applied(example, format), await applied(existing, format)];
    const [before, after] = [onlyRole(fresh), onlyRole(reused)];
    expect(inOrder(after.policy)).toEqual(inOrder(before.policy));
    expect(after).toMatchObject({ name: before.name, policyArns: before.policyArns });
    expect(reused.providers).toEqual([]);
  });

  it("says the same as the policy in JSON, whatever stands in it", async () => {
    await fc.assert(
      fc.asyncProperty(setups, async (setup) => {
        const json = await applied(setup, { name: "json", account: ACCOUNT });
        const document = await applied(setup, format);
        const roles = setup.roles.map(({ name }) => roleOf(document, name));
        expect(document.roles.length).toBe(roles.length);
        expect(roles.map(({ policy }) => inOrder(policy))).toEqual(
          setup.roles.map(({ name }) => inOrder(roleOf(json, name).policy)),
        );
        expect(
          roles.map(({ name, maxSessionSeconds, boundary }) => ({ name, maxSessionSeconds, boundary })),
        ).toEqual(
          setup.roles.map(({ name, maxSessionSeconds, permissionsBoundary }) => ({
            name,
            maxSessionSeconds,
            boundary: permissionsBoundary && arnOfPolicy(permissionsBoundary),
          })),
        );
        expect(roles.map(({ inlinePolicies }) => inlinePolicies)).toEqual(
          setup.roles.map(({ name, sessionTags }) => (sessionTags.length > 0 ? [ownPolicyOf(name)] : [])),
        );
      }),
      propertyRuns(format.name === "cli" ? 15 : 40),
    );
  });
});

describe("CloudFormation", () => {
  it("is what the resource specification asks for, for every scope", () => {
    for (const [index] of SCOPE_CASES.entries()) {
      const { issuer, audience, conditions } = conditionsOf(index);
      for (const state of ["new", "existing"] as const) {
        const trust = { ...deploy.trust, conditions };
        const setup = { provider: { issuer, audience, state }, roles: [{ ...deploy, trust }] };
        expect(findInTemplate(renderIdentitySetup(setup, { name: "cloudformation" }))).toEqual([]);
      }
    }
  });

  it("is so with several roles, a boundary, and tags", () => {
    const [permissionsBoundary] = policies;
    const bounded = { ...deploy, permissionsBoundary, sessionTags };
    const setup = { ...example, roles: [bounded, { ...bounded, name: "1st_deploy", managedPolicies: [] }] };
    expect(findInTemplate(renderIdentitySetup(setup, { name: "cloudformation" }))).toEqual([]);
  });

  it("would be told what is wrong", () => {
    const text = renderIdentitySetup(example, { name: "cloudformation" });
    expect(findInTemplate(text.replace("ClientIdList", "ClientIDList"))).toEqual([
      expect.stringMatching(/^F3002: .*ClientIDList/),
    ]);
  });

  it("names partition and account by what CloudFormation knows of them", () => {
    const existing: IdentitySetup = { ...example, provider: { ...example.provider, state: "existing" } };
    const text = renderIdentitySetup(existing, { name: "cloudformation" });
    expect(text).toContain("arn:$" + "{AWS::Partition}:iam::$" + "{AWS::AccountId}:oidc-provider/gitlab.com");
  });
});

describe("Terraform", () => {
  it("is formatted as `terraform fmt` does it, whatever stands in it", async () => {
    await fc.assert(
      fc.asyncProperty(setups, async (setup) => {
        const text = renderIdentitySetup(setup, { name: "terraform" });
        expect(await formatHcl(text)).toBe(text);
      }),
      propertyRuns(60),
    );
  });

  it.each([
    ["deploy", "deploy"],
    ["ci.deploy@acme", "ci_deploy_acme"],
    ["1st", "_1st"],
  ])("names the resources of the role %s by the label %s", (name, label) => {
    const text = renderIdentitySetup(withRole({ name }), { name: "terraform" });
    expect(text).toContain(`resource "aws_iam_role" "${label}" {`);
    expect(text).toContain(`output "${label}_role_arn" {`);
  });

  it("asks for the partition only where a policy of AWS's own is attached", () => {
    const withPolicies = (managedPolicies: readonly ManagedPolicy[]) =>
      renderIdentitySetup(withRole({ managedPolicies }), { name: "terraform" });
    expect(withPolicies(policies)).toContain('data "aws_partition" "current" {}');
    expect(withPolicies(policies.slice(1))).not.toContain("aws_partition");
    expect(withPolicies([])).not.toContain("aws_iam_role_policy_attachment");
  });
});

describe("commands", () => {
  const script = renderIdentitySetup(example, { name: "cli", account: ACCOUNT });

  it("make the provider before the role that names it", () => {
    expect(runCommands(script).calls.map(({ name }) => name)).toEqual([
      "create-open-id-connect-provider",
      "create-role",
      "attach-role-policy",
      "attach-role-policy",
    ]);
  });

  it("do nothing in another account", () => {
    expect(runCommands(script, "999999999999")).toEqual({
      exitCode: 1,
      stderr: "These credentials are for account 999999999999, not 123456789012.\n",
      calls: [],
    });
  });

  it("add the audience to a provider that exists", () => {
    const existing: IdentitySetup = { ...example, provider: { ...example.provider, state: "existing" } };
    const account = { partition: "aws-cn", accountId: ACCOUNT.accountId };
    const [first] = runCommands(renderIdentitySetup(existing, { name: "cli", account })).calls;
    expect(first).toEqual({
      name: "add-client-id-to-open-id-connect-provider",
      options: {
        "open-id-connect-provider-arn": "arn:aws-cn:iam::123456789012:oidc-provider/gitlab.com",
        "cli-input-json": '{"ClientID":"https://gitlab.com"}',
      },
    });
  });
});
