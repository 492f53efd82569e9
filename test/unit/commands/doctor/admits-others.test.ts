import { describe, expect, it } from "vitest";
import { buildIdTokenClaims } from "../../../../stand-ins/gitlab-job.ts";
import { runDoctorOffline } from "./run-offline.ts";

const COM = "https://gitlab.com";
const OWN = "https://gitlab.example.com";
const SUB = "project_path:acme/shop:ref_type:branch:ref:main";

const providerOf = (url: string) => `arn:aws:iam::123456789012:oidc-provider/${url.replace("https://", "")}`;

type Json = Readonly<Record<string, unknown>>;

/** A statement that admits tokens of an issuer for its own audience. */
function statementFor(condition: Json, iss = COM): Json {
  const host = iss.replace("https://", "");
  const { StringEquals = {}, ...rest } = condition;
  const equals = { [`${host}:aud`]: iss, ...(StringEquals as Json) };
  return {
    Effect: "Allow",
    Principal: { Federated: providerOf(iss) },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: { StringEquals: equals, ...rest },
  };
}

const RIGHT = statementFor({ StringEquals: { "gitlab.com:sub": SUB } });
const ANYBODY = { Effect: "Allow", Principal: { AWS: "*" } };
const like = (sub: string) => statementFor({ StringLike: { "gitlab.com:sub": sub } });
const variable = (key: string) => `$\{${key}}`;

const POLICY = ["--trust-policy", "policy.json"];

const policyOf = (statements: readonly Json[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** The command as somebody on a laptop types it, with the token of branch `main` of `acme/shop` unless described. */
async function examine(
  statements: readonly Json[],
  { iss = COM, ...token }: Parameters<typeof buildIdTokenClaims>[1] & { readonly iss?: string } = {},
) {
  const claims = buildIdTokenClaims(iss, token, new Date("2026-11-23T04:00:00Z"));
  const files = { "policy.json": policyOf(statements), "claims.json": JSON.stringify(claims) };
  const run = (format: string) =>
    runDoctorOffline([...POLICY, "--claims", "claims.json", "--format", format], files);
  const [text, json] = [await run("text"), await run("json")];
  const { verdict, trustPolicy } = JSON.parse(json.stdout);
  const findings: { id: string; severity: string; message: string }[] = trustPolicy.findings;
  return { text: text.stdout, exitCode: text.exitCode, verdict, decision: trustPolicy.decision, findings };
}

const idsOf = (findings: readonly { id: string; severity: string }[], severity: string) => [
  ...new Set(findings.filter((finding) => finding.severity === severity).map(({ id }) => id)),
];

describe("a role that others can assume too", () => {
  it.each<readonly [what: string, statements: readonly Json[], ids: readonly string[]]>([
    ["everybody in AWS", [RIGHT, { ...ANYBODY, Action: "sts:AssumeRole" }], ["open-to-aws"]],
    [
      "everybody, by every action of STS",
      [RIGHT, { ...ANYBODY, Action: "sts:*" }],
      ["open-to-aws", "everyone", "no-sub", "no-aud"],
    ],
    [
      "everybody, by every action",
      [{ ...ANYBODY, Principal: "*", Action: ["*"] }, RIGHT],
      ["open-to-aws", "everyone", "no-sub", "no-aud"],
    ],
    [
      "all of GitHub",
      [
        RIGHT,
        {
          ...RIGHT,
          Principal: { Federated: providerOf("https://token.actions.githubusercontent.com") },
          Condition: undefined,
        },
      ],
      ["open-provider"],
    ],
    [
      "all of Google",
      [RIGHT, { ...RIGHT, Principal: { Federated: "accounts.google.com" }, Condition: undefined }],
      ["open-provider"],
    ],
    [
      "all of an identity pool's kind",
      [RIGHT, { ...RIGHT, Principal: { Federated: "cognito-identity.amazonaws.com" }, Condition: undefined }],
      ["open-provider"],
    ],
    [
      "all of gitlab.com, by keys that are compared with themselves",
      [
        statementFor({
          StringEquals: {
            "gitlab.com:sub": variable("gitlab.com:sub"),
            "gitlab.com:aud": variable("gitlab.com:aud"),
          },
        }),
      ],
      ["any-aud", "self-comparison"],
    ],
    [
      "any audience",
      [
        statementFor({
          StringEquals: { "gitlab.com:sub": SUB, "gitlab.com:aud": [COM, "x"] },
          StringLike: {},
        }),
        {
          ...RIGHT,
          Condition: { StringEquals: { "gitlab.com:sub": SUB }, StringLike: { "gitlab.com:aud": "*" } },
        },
      ],
      ["any-aud"],
    ],
    [
      "a ref in other letters",
      [statementFor({ StringEqualsIgnoreCase: { "gitlab.com:sub": SUB } })],
      ["ignore-case"],
    ],
    [
      "a user's own namespace",
      [RIGHT, like(`project_path:${variable("gitlab.com:user_login")}/*`)],
      ["ref-star", "stranger"],
    ],
    ["another instance", [RIGHT, statementFor({}, OWN)], ["no-sub"]],
  ])("%s", async (_, statements, ids) => {
    const { text, verdict, decision, findings } = await examine(statements);
    expect(decision).toBe("allow");
    expect(verdict).toBe("too-wide");
    expect(idsOf(findings, "too-wide")).toEqual(ids);
    expect(text).toMatch(
      /^! Trust policy +Statement\[\d\] allows this job, but the policy lets in others too$/m,
    );
    expect(text).toMatch(/\n! The trust policy is too wide: see the findings above\n$/);
    expect(text).not.toMatch(/✔ (Trust policy|Nothing)|blocks this job/);
  });

  it("names the fork whose token says where the job runs", async () => {
    const subComponents = ["job_project_path", "ref_type", "ref"] as const;
    const jobProject = { path: "acme/shop", id: "4711", namespaceId: "42" };
    const sub = SUB.replace("project_path", "job_project_path");
    const { verdict, findings } = await examine([statementFor({ StringEquals: { "gitlab.com:sub": sub } })], {
      subComponents,
      jobProject,
    });
    expect(verdict).toBe("too-wide");
    expect(idsOf(findings, "too-wide")).toEqual(["fork-sub"]);
  });

  it("is told what its condition does not test, and not that nobody gets in", async () => {
    const condition = {
      StringLike: { "gitlab.example.com:sub": "project_path:acme/shop:*" },
      StringEqualsIfExists: { "gitlab.example.com:ref_protected": "true" },
    };
    const { verdict, findings, text } = await examine([statementFor(condition, OWN)], { iss: OWN });
    expect(verdict).toBe("too-wide");
    expect(idsOf(findings, "too-wide")).toEqual(["always-holds", "ref-star"]);
    expect(text).not.toContain("never matches");
  });

  it("is told so as well where the job itself is refused, or unknown", async () => {
    const open = { ...ANYBODY, Action: "sts:AssumeRole" };
    const { text, verdict, exitCode } = await examine([RIGHT, open], { ref: "feature" });
    expect(text).toMatch(/\n! The trust policy is too wide: see the findings above\n$/);
    expect(verdict).toBe("blocked");
    expect(exitCode).toBe(1);
    const alone = await runDoctorOffline(POLICY, { "policy.json": policyOf([RIGHT, open]) });
    expect(alone.stdout).toContain("! too wide (open-to-aws), Statement[1].Principal");
    expect(alone.stdout).not.toContain("✔");
  });
});

describe("a role that is as narrow as it looks", () => {
  it.each<readonly [what: string, statements: readonly Json[]]>([
    ["exactly this job", [RIGHT]],
    [
      "any ref of the project's number that GitLab protects",
      [
        statementFor({
          StringEquals: { "gitlab.com:project_id": "4711", "gitlab.com:ref_protected": "true" },
          StringLike: { "gitlab.com:sub": "project_path:acme/*" },
        }),
      ],
    ],
    [
      "any branch, but a Deny for everyone on those that GitLab does not protect",
      [
        like("project_path:acme/shop:ref_type:branch:ref:*"),
        {
          Effect: "Deny",
          Principal: "*",
          Action: "sts:*",
          Condition: { StringNotEquals: { "gitlab.com:ref_protected": "true" } },
        },
      ],
    ],
  ])("gets its check mark: %s", async (_, statements) => {
    const { text, verdict, findings } = await examine(statements);
    expect(findings).toEqual([]);
    expect(verdict).toBe("clear");
    expect(text).toMatch(/^✔ Trust policy +Statement\[0\] allows this job$/m);
    expect(text).toMatch(/\n✔ Nothing that was checked blocks this job\n$/);
  });

  it("gets a remark on refs that GitLab should protect", async () => {
    const { verdict, findings, text } = await examine(
      [like("project_path:acme/shop:ref_type:branch:ref:release/*")],
      { ref: "release/1" },
    );
    expect(verdict).toBe("clear");
    expect(idsOf(findings, "style")).toEqual(["pushable-ref"]);
    expect(text).toContain(
      'Protect "release/*" in the project (Settings > Repository > Protected branches).',
    );
  });

  it("does not speak of branches where tags are meant", async () => {
    const { findings } = await examine([like("project_path:acme/shop:ref_type:tag:ref:*")], {
      refType: "tag",
      ref: "v1",
    });
    expect(findings.map(({ message }) => message).join()).toContain("every tag, protected or not");
    expect(findings.map(({ message }) => message).join()).not.toMatch(/any branch|merge request/);
  });

  it("speaks of subgroups only where they get in", async () => {
    const group = (excluded: Json) =>
      statementFor({
        StringLike: { "gitlab.com:sub": "project_path:acme/*:ref_type:branch:ref:main" },
        ...excluded,
      });
    const all = await examine([group({})]);
    const direct = await examine([group({ StringNotLike: { "gitlab.com:sub": "project_path:acme/*/*" } })]);
    expect(all.findings[0]?.message).toContain('every project in "acme" and in its subgroups');
    expect(direct.findings[0]?.message).toContain('admits every project in "acme".');
    expect(direct.text).not.toContain("subgroups");
  });
});

it("lists the statements that it does not judge, in the verdict too", async () => {
  const people = {
    Effect: "Allow",
    Principal: { AWS: "arn:aws:iam::999999999999:root" },
    Action: "sts:AssumeRole",
  };
  const { text, verdict } = await examine([RIGHT, people]);
  expect(verdict).toBe("clear");
  expect(text).toMatch(/^! Trust policy +Statement\[0\] allows this job$/m);
  expect(text).toContain("? not judged, Statement[1]: it trusts arn:aws:iam::999999999999:root, ");
  expect(text).toMatch(/\n✔ Nothing .* blocks this job; not judged: Statement\[1\] of the trust policy\n$/);
});

describe("a Deny for everyone", () => {
  it.each<readonly [principal: unknown]>([["*"], [{ AWS: "*" }]])(
    "that is %j is no fault of the job's own branch",
    async (Principal) => {
      const deny = (ref: string) => ({
        Effect: "Deny",
        Principal,
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { "gitlab.com:sub": SUB.replace("main", ref) } },
      });
      const elsewhere = await examine([RIGHT, deny("develop")]);
      expect(elsewhere.text).toMatch(/^✔ Trust policy +Statement\[0\] allows this job$/m);
      const here = await examine([RIGHT, deny("main")]);
      expect(here.decision).toBe("deny");
      expect(here.text).toContain("Statement[1] denies this job, by its condition on gitlab.com:sub");
      expect(here.text).not.toContain('"Principal": {"Federated"');
    },
  );
});
