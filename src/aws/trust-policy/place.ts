const IDENTIFIER = /^[A-Za-z_]\w*$/;

/** Names a member of a JSON object as `jq` would: `Statement[0].Condition.StringEquals["gitlab.com:sub"]`. */
export function memberPlace(parent: string, name: string): string {
  if (!IDENTIFIER.test(name)) return `${parent}[${JSON.stringify(name)}]`;
  return parent === "" ? name : `${parent}.${name}`;
}

/** Names an element of a JSON array. */
export function elementPlace(parent: string, index: number): string {
  return `${parent}[${index}]`;
}

/** Names a statement; a policy with a single statement object counts as a list of one. */
export function statementPlace(index: number): string {
  return elementPlace("Statement", index);
}

/** Names the values that one condition operator demands of one condition key. */
export function conditionPlace(
  statementIndex: number,
  test: { readonly operator: string; readonly key: string },
): string {
  const condition = memberPlace(statementPlace(statementIndex), "Condition");
  return memberPlace(memberPlace(condition, test.operator), test.key);
}
