import { describe, expect, it } from "vitest";
import { answerRole } from "../../../../playground/answers/role.ts";
import { runCli } from "../../../../src/cli.ts";
import { createMemoryHost } from "../../../harness/memory-host.ts";

type Fields = Readonly<Record<string, string>>;

async function askCommandLine(fields: Fields): Promise<string> {
  const host = createMemoryHost();
  const noNetwork = (): never => {
    throw new Error("trust-policy asks nobody");
  };
  const flags = Object.entries(fields).flatMap(([name, text]) =>
    text === "true" ? [`--${name}`] : [`--${name}`, text],
  );
  await runCli(["trust-policy", ...flags], host, {
    connectSts: noNetwork,
    fetchPage: noNetwork,
    findWay: noNetwork,
  });
  return host.stdout();
}

const MAIN: Fields = { project: "acme/shop", branch: "main", account: "123456789012" };

describe("the page writes what the command line writes", () => {
  it.each<Fields>([
    MAIN,
    { ...MAIN, format: "cloudformation" },
    { ...MAIN, format: "terraform" },
    { ...MAIN, format: "cli", "managed-policies": "ReadOnlyAccess" },
    { project: "acme/shop", "project-id": "4711", tag: "v*", protected: "true", format: "terraform" },
    { ...MAIN, issuer: "https://gitlab.example.com", "protected-environment": "true" },
    { group: "acme", "with-subgroups": "true", "any-ref": "true", format: "cloudformation" },
  ])("%j", async (fields) => {
    const { document, problems } = await answerRole(fields);
    expect(problems).toEqual([]);
    expect(document).toBe(await askCommandLine(fields));
    expect(document?.length).toBeGreaterThan(100);
  });
});

it("says what is missing, by field", async () => {
  const { problems, document, examples } = await answerRole({ project: "acme/shop" });
  expect(problems.map(({ subject }) => subject)).toEqual(["--branch", "--account"]);
  expect({ document, examples }).toEqual({ document: undefined, examples: [] });
});

it("tells who gets in while the account is not known yet", async () => {
  const { problems, examples } = await answerRole({ project: "acme/shop", branch: "main" });
  expect(problems.map(({ subject }) => subject)).toEqual(["--account"]);
  expect(examples[0]).toMatchObject({ label: "acme/shop, branch main", decision: "allow" });
});

it("passes on what should be known", async () => {
  const { notes } = await answerRole({ group: "acme", "any-branch": "true", account: "123456789012" });
  expect(notes[0]).toContain("every project directly in acme");
});

it("says that a policy is longer than IAM takes", async () => {
  const project = Array.from({ length: 120 }, (_, index) => `acme/project-number-${index}`).join(",");
  const { problems, document } = await answerRole({ ...MAIN, project });
  expect(document).toBeUndefined();
  expect(problems[0]?.found).toContain("IAM's limit");
});

describe("who gets in", () => {
  /** `refused: a fork of it` */
  const judge = async (fields: Fields): Promise<readonly string[]> => {
    const { examples } = await answerRole(fields);
    return examples.map(({ label, decision }) => `${decision} ${label}`);
  };

  it("is the one branch of the one project", async () => {
    expect(await judge(MAIN)).toEqual([
      "allow acme/shop, branch main",
      "deny a fork: mallory/shop, branch main",
      "deny another branch: feature/login",
      "deny a merge request from feature/login",
      "deny a tag with the same name, main",
      "deny a project with a similar path: acme/shop-2",
      "deny another project in the group: acme/other",
      "deny a project in a subgroup: acme/team/shop",
      "allow anyone who gets the path acme/shop once it is free",
      "deny a token for another audience",
      "deny the same path on another GitLab",
    ]);
  });

  it("is nobody who gets the path later, once the number is asked for", async () => {
    expect(await judge({ ...MAIN, "project-id": "4711" })).toContain(
      "deny anyone who gets the path acme/shop once it is free",
    );
  });

  it("is whoever opens a merge request, where any branch will do", async () => {
    const { branch: _, ...rest } = MAIN;
    expect(await judge({ ...rest, "any-branch": "true" })).toEqual(
      expect.arrayContaining([
        "allow another branch: feature/login",
        "allow a merge request from feature/login",
        "deny a tag with the same name, main",
      ]),
    );
  });

  it.each(["https://gitlab.com", "https://gitlab.example.com"])(
    "is a protected ref alone, on %s",
    async (issuer) => {
      expect(await judge({ ...MAIN, issuer, protected: "true" })).toEqual(
        expect.arrayContaining([
          "allow acme/shop, branch main",
          "deny branch main, if it were not protected",
        ]),
      );
    },
  );

  it.each<Fields>([
    { group: "acme", "any-ref": "true" },
    { group: "acme/web", "with-subgroups": "true", tag: "v*", protected: "true" },
    { "project-id": "4711", branch: "main", issuer: "https://gitlab.example.com" },
    { project: "acme/shop", "deployment-tier": "production", "protected-environment": "true" },
    { project: "acme/shop", "unprotected-environment": "true", branch: "review/*" },
    { project: "acme/shop", branch: "main", tag: "v*", protected: "true" },
    { project: "acme/shop", branch: "release/*" },
    { project: "acme/shop", "any-tag": "true", audience: "sts.amazonaws.com" },
  ])("is always the job that was described: %j", async (fields) => {
    const { examples } = await answerRole({ ...fields, account: "123456789012" });
    expect(examples[0]).toMatchObject({ kind: "meant", decision: "allow" });
    expect(examples.find(({ label }) => label.startsWith("a fork"))).toMatchObject({ decision: "deny" });
  });
});
