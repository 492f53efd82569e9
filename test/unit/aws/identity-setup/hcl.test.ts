import fc from "fast-check";
import { expect, it } from "vitest";
import { HclExpression, type HclValue, renderBlock } from "../../../../src/aws/identity-setup/hcl.ts";
import { formatHcl, parseHcl } from "../../../harness/hcl.ts";
import { propertyRuns } from "../../../harness/property-runs.ts";

const names = fc.constantFrom("a", "long_name", "gitlab.com:sub", "1st", "with space");

const texts = fc.string({ unit: fc.constantFrom(..."ab $%{}\"\\'é\n\t") });

const { value: values } = fc.letrec<{ value: HclValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    texts,
    fc.integer({ min: 0, max: 99_999 }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(names, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

/** What the parser leaves doubled, and what it makes of a list of blocks. */
const undouble = (value: unknown) =>
  JSON.parse(JSON.stringify(value), (_, member) =>
    typeof member === "string" ? member.replaceAll("$" + "${", "$" + "{").replaceAll("%%{", "%{") : member,
  );

it("writes what a parser of HCL reads back, formatted as `terraform fmt` does", async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.constantFrom("a", "bb", "ccc"), values), async (attributes) => {
      const text = renderBlock("locals", attributes);
      expect(await formatHcl(text)).toBe(text);
      const { locals } = await parseHcl("any.tf", text);
      expect(undouble(locals?.[0])).toEqual(JSON.parse(JSON.stringify(attributes)));
    }),
    propertyRuns(100),
  );
});

it("writes references as they are", () => {
  const attributes = { role: new HclExpression("aws_iam_role.deploy.name"), seconds: 3600 };
  expect(renderBlock('resource "x" "y"', attributes)).toBe(
    'resource "x" "y" {\n  role    = aws_iam_role.deploy.name\n  seconds = 3600\n}\n',
  );
});
