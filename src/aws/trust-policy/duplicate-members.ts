import { elementPlace, memberPlace } from "./place.ts";

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** An object or array that is being read. */
interface Container {
  readonly place: string;
  readonly kind: "object" | "array";
  readonly names: Set<string>;
  index: number;
  member: string;
}

interface Scan {
  readonly containers: Container[];
  readonly duplicates: string[];
  lastString: string;
}

function placeOfValue(container: Container | undefined): string {
  if (container === undefined) return "";
  return container.kind === "array"
    ? elementPlace(container.place, container.index)
    : memberPlace(container.place, container.member);
}

const open =
  (kind: Container["kind"]) =>
  (scan: Scan): void => {
    const place = placeOfValue(scan.containers.at(-1));
    scan.containers.push({ place, kind, names: new Set(), index: 0, member: "" });
  };

function close(scan: Scan): void {
  scan.containers.pop();
}

function readComma(_scan: Scan, container: Container): void {
  container.index += 1;
}

function readName(scan: Scan, container: Container): void {
  container.member = JSON.parse(scan.lastString);
  if (container.names.has(container.member)) scan.duplicates.push(placeOfValue(container));
  container.names.add(container.member);
}

type Step = (scan: Scan, container: Container) => void;

const STEPS: ReadonlyMap<string, Step> = new Map<string, Step>([
  ["{", open("object")],
  ["[", open("array")],
  ["}", close],
  ["]", close],
  [",", readComma],
  [":", readName],
]);

/** Stands for what surrounds the outermost value; nothing is ever named in it. */
const outside = (): Container => ({ place: "", kind: "object", names: new Set(), index: 0, member: "" });

/**
 * Finds members that an object names twice. `JSON.parse` keeps the last one in silence; IAM refuses them
 * (IAM User Guide, "Grammar of the IAM JSON policy language").
 *
 * @param json text that `JSON.parse` accepts.
 * @returns the place of each repetition.
 */
export function findDuplicateMembers(json: string): readonly string[] {
  const scan: Scan = { containers: [], duplicates: [], lastString: "" };
  for (const [token] of json.matchAll(TOKEN)) {
    const step = STEPS.get(token);
    if (step === undefined) scan.lastString = token;
    else step(scan, scan.containers.at(-1) ?? outside());
  }
  return scan.duplicates;
}
