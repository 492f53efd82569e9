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

/** An object or array that is being read. */
interface Container {
  readonly place: string;
  /** The members seen so far. */
  readonly names: Set<string>;
  /** What is being read now: the member with this name, or the element with this index. */
  at: string | number;
}

/** The place of a value in a container, or of the outermost value. */
function placeInside(container: Container | undefined): string {
  if (container === undefined) return "";
  const { place, at } = container;
  return typeof at === "number" ? elementPlace(place, at) : memberPlace(place, at);
}

/** Moves on to the member with this name; returns its place if the object already had it. */
function goToMember(container: Container, name: string): readonly string[] {
  const isRepeated = container.names.has(name);
  container.names.add(name);
  container.at = name;
  return isRepeated ? [placeInside(container)] : [];
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/**
 * Finds members that an object has twice. `JSON.parse` silently keeps the last one; IAM refuses them (IAM User Guide,
 * "Grammar of the IAM JSON policy language").
 *
 * @param json text that `JSON.parse` accepts.
 * @returns the place of each repetition.
 */
export function findDuplicateMembers(json: string): readonly string[] {
  const duplicates: string[] = [];
  const containers: Container[] = [];
  let text = "";
  for (const [token] of json.matchAll(TOKEN)) {
    const container = containers.at(-1);
    switch (token) {
      case "{":
      case "[":
        containers.push({ place: placeInside(container), names: new Set(), at: token === "[" ? 0 : "" });
        break;
      case "}":
      case "]":
        containers.pop();
        break;
      case ",":
        if (typeof container?.at === "number") container.at += 1;
        break;
      case ":":
        if (container !== undefined) duplicates.push(...goToMember(container, text));
        break;
      default:
        text = JSON.parse(token);
    }
  }
  return duplicates;
}
