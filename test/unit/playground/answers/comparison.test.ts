import { describe, expect, it } from "vitest";
import { answerAdmission } from "../../../../playground/answers/admission.ts";
import {
  type ComparedStatement,
  markDifference,
  type Piece,
} from "../../../../playground/answers/comparison.ts";
import { ASKED_VECTORS, askPage } from "./vectors.ts";

/** With what differs in brackets. */
const show = (pieces: readonly Piece[]): string =>
  pieces.map(({ text, isDifferent }) => (isDifferent ? `[${text}]` : text)).join("");

function showLine({ title, match, parts }: ComparedStatement["lines"][number]): readonly string[] {
  return [
    `${match} ${title}`,
    ...parts.map(({ name, match: one, wanted, found }) => {
      const both = `${wanted.map(show).join(" | ")} / ${found === undefined ? "nothing" : show(found)}`;
      return `  ${one} ${name}: ${both}`;
    }),
  ];
}

const SUB = "gitlab.com:sub";

async function compare(
  condition: unknown,
  job: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const statement = {
    Effect: "Allow",
    Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/gitlab.com" },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: condition,
  };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const { compared } = await answerAdmission({ policy, job, claims: undefined });
  return (compared?.lines ?? []).slice(2).flatMap(showLine);
}

describe("a subject", () => {
  const job = { project: "acme/shop", branch: "review/login" };

  it("is compared component by component, and only what differs is marked", async () => {
    const sub = "project_path:acme/shop:ref_type:branch:ref:main";
    expect(await compare({ StringEquals: { [SUB]: sub } }, job)).toEqual([
      `no StringEquals ${SUB}`,
      "  yes project_path: acme/shop / acme/shop",
      "  yes ref_type: branch / branch",
      "  no ref: [main] / [review/login]",
    ]);
  });

  it("is compared with the value that comes closest", async () => {
    const subs = [
      "project_path:other/one:ref_type:branch:ref:main",
      "project_path:acme/shop:ref_type:tag:ref:*",
    ];
    expect(await compare({ StringLike: { [SUB]: subs } }, job)).toEqual([
      `no StringLike ${SUB}`,
      "  yes project_path: acme/shop / acme/shop",
      "  no ref_type: [tag] / [branch]",
      "  yes ref: * / review/login",
    ]);
  });

  it("fits a wildcard under StringLike, and not under StringEquals", async () => {
    const sub = "project_path:acme/shop:ref_type:branch:ref:review/*";
    expect(await compare({ StringLike: { [SUB]: sub } }, job)).toContain(
      "  yes ref: review/* / review/login",
    );
    expect(await compare({ StringEquals: { [SUB]: sub } }, job)).toContain(
      "  no ref: review/[*] / review/[login]",
    );
  });

  it("lacks what only the policy has", async () => {
    const sub = "project_path:acme/shop:ref_type:branch:ref:review/login:environment_protected:true";
    expect(await compare({ StringEquals: { [SUB]: sub } }, job)).toContain(
      "  no environment_protected: true / nothing",
    );
  });
});

it("shows neither side of a claim that is personal", async () => {
  const claims = {
    iss: "https://gitlab.com",
    aud: "https://gitlab.com",
    sub: "project_path:acme/shop:ref_type:branch:ref:main",
    user_email: "ada@example.com",
  };
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/gitlab.com" },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: { StringEquals: { "gitlab.com:user_email": "bob@example.com" } },
    },
  });
  const answer = await answerAdmission({ policy, job: {}, claims: { claims, otherClaims: "absent" } });
  expect(answer.compared?.lines.at(-1)?.match).toBe("no");
  expect(JSON.stringify(answer)).not.toContain("ada@example.com");
});

it.each([
  ["acme/shop", "acme/Shop", "acme/[s]hop", "acme/[S]hop"],
  ["main", "main/", "main", "main[/]"],
  ["aa", "aaa", "aa", "aa[a]"],
  ["one", "two", "[one]", "[two]"],
  ["main", "login", "[main]", "[login]"],
  ["", "x", "", "[x]"],
])("marks in %j and %j what lies between their common ends", (one, other, ...expected) => {
  expect(markDifference(one, other).map(show)).toEqual(expected);
});

describe("of every vector", () => {
  it.each(ASKED_VECTORS.map((vector) => [vector.name, vector] as const))("%s", async (_, vector) => {
    const { compared } = await askPage(vector);
    for (const { match, parts } of compared?.lines ?? []) {
      const matches = parts.map((part) => part.match);
      expect(parts.length).toBeGreaterThan(0);
      // What does not hold shows where, and what holds shows nothing wrong.
      if (match === "no") expect(matches).toContain("no");
      else expect(matches).not.toContain("no");
    }
  });
});
