import { describe, expect, it } from "vitest";
import { addStatement, applyCorrection } from "../../../../playground/policy-text/corrections.ts";
import { decodePolicy, locatePolicy } from "../../../../playground/policy-text/policy-places.ts";
import { ASKED_VECTORS, askPage } from "../answers/vectors.ts";

const STATEMENT = '{\n  "Effect": "Allow",\n  "Action": "sts:AssumeRoleWithWebIdentity"\n}';

const POLICY = `{
  "Version": "2008-10-17",
  "Statement": [
    {
      "Sid": "First"
    },
    { "Sid": "Second" }
  ]
}
`;

describe("a correction", () => {
  it("replaces a statement, and leaves the rest as it was written", () => {
    expect(applyCorrection(POLICY, { place: "Statement[0]", text: STATEMENT })?.text).toBe(
      POLICY.replace(/\{\s+"Sid": "First"\s+\}/, STATEMENT.replaceAll("\n", "\n    ")),
    );
  });

  it("replaces the version, or comes in as its first member", () => {
    const correction = { place: "Version", text: '"2012-10-17"' };
    expect(applyCorrection(POLICY, correction)?.text).toBe(POLICY.replace("2008-10-17", "2012-10-17"));
    const without = POLICY.replace('  "Version": "2008-10-17",\n', "");
    expect(applyCorrection(without, correction)?.text).toBe(POLICY.replace("2008-10-17", "2012-10-17"));
    expect(applyCorrection('{"Statement": []}', correction)?.text).toBe(
      '{"Version": "2012-10-17", "Statement": []}',
    );
  });

  it("is shown where it stands", () => {
    const edited = applyCorrection(POLICY, { place: "Statement[1]", text: STATEMENT });
    expect(JSON.parse(edited?.text.slice(edited.changed.from, edited.changed.to) ?? "")).toEqual(
      JSON.parse(STATEMENT),
    );
  });

  it("is none where its place is not there", () => {
    expect(applyCorrection(POLICY, { place: "Statement[2]", text: STATEMENT })).toBeUndefined();
    expect(applyCorrection("no JSON", { place: "Version", text: '"2012-10-17"' })).toBeUndefined();
  });

  it("reaches into the answer of get-role, decoded or not", () => {
    const arn = "arn:aws:iam::123456789012:role/deploy";
    const role = (document: unknown) =>
      JSON.stringify({ Role: { Arn: arn, AssumeRolePolicyDocument: document } }, null, 4);
    for (const document of [JSON.parse(POLICY), encodeURIComponent(POLICY), POLICY]) {
      const edited = applyCorrection(role(document), { place: "Statement[1]", text: STATEMENT });
      expect(JSON.parse(edited?.text ?? "").Role).toEqual({
        Arn: arn,
        AssumeRolePolicyDocument: {
          ...JSON.parse(POLICY),
          Statement: [{ Sid: "First" }, JSON.parse(STATEMENT)],
        },
      });
    }
  });
});

describe("a statement", () => {
  it.each([
    ["two", POLICY],
    ["one that is no list", JSON.stringify({ Version: "2012-10-17", Statement: { Sid: "Only" } }, null, 2)],
    ["none", '{"Statement": []}'],
    ["all on one line", '{"Statement":[{"Sid":"Only"}]}'],
  ])("is added behind the others: %s", (_, text) => {
    const before = JSON.parse(text);
    const edited = addStatement(text, STATEMENT);
    expect(JSON.parse(edited?.text ?? "")).toEqual({
      ...before,
      Statement: [before.Statement, JSON.parse(STATEMENT)].flat(),
    });
    expect(JSON.parse(edited?.text.slice(edited.changed.from, edited.changed.to) ?? "")).toEqual(
      JSON.parse(STATEMENT),
    );
  });

  it("is indented as the others are", () => {
    expect(addStatement(POLICY, STATEMENT)?.text).toBe(
      POLICY.replace(/(\{ "Sid": "Second" \})/, `$1,\n    ${STATEMENT.replaceAll("\n", "\n    ")}`),
    );
  });
});

describe("every finding of the vectors", () => {
  it.each(ASKED_VECTORS.map((vector) => [vector.name, vector] as const))("%s", async (_, vector) => {
    const { policy } = vector.question;
    const { report } = await askPage(vector);
    for (const { place, correction } of report?.review?.findings ?? []) {
      const shown = locatePolicy(decodePolicy(policy) ?? policy).find(place);
      // The version alone may not be there.
      expect(shown === undefined ? place : "shown").toMatch(/^(?:shown|Version)$/);
      if (correction === undefined) continue;
      const { text, changed } = applyCorrection(policy, correction) ?? {
        text: "",
        changed: { from: 0, to: 0 },
      };
      expect(
        text
          .slice(changed.from, changed.to)
          .replace(/^"Version": /, "")
          .replaceAll(/\s/g, ""),
      ).toBe(correction.text.replaceAll(/\s/g, ""));
      JSON.parse(text);
    }
  });
});

describe("an encoded policy", () => {
  it.each([
    ["URL-encoded", encodeURIComponent(POLICY)],
    ["a JSON string", JSON.stringify(POLICY)],
    ["a JSON string of what is URL-encoded", JSON.stringify(encodeURIComponent(POLICY))],
  ])("is written out: %s", (_, text) => {
    expect(JSON.parse(decodePolicy(text) ?? "")).toEqual(JSON.parse(POLICY));
  });

  it.each([POLICY, "", "{", "%7Bbroken%", "[]"])("is none: %j", (text) => {
    expect(decodePolicy(text)).toBeUndefined();
  });
});
