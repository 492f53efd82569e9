import type { ReadInput } from "../../src/config/inputs/input.ts";
import type { RawInputs } from "../../src/config/inputs/raw-inputs.ts";
import { createRawInputs } from "../../src/config/inputs/raw-inputs.ts";
import type { Host } from "../../src/foundation/ports.ts";

/** The fields of a form, by the name of the flag or input; an empty field counts as not given. */
export type Fields = Readonly<Record<string, string>>;

/** The fields as the flags of a command line. */
export function readFields(fields: Fields, inputs: readonly ReadInput[]): RawInputs<string> {
  const given = Object.entries(fields).filter(([, text]) => text !== "");
  const flags = new Map(given.map(([name, text]) => [name, { text, subject: `--${name}` }]));
  return createRawInputs(flags, {}, inputs);
}

/**
 * A host with only some texts as files: a page has no access to files, network or environment.
 *
 * @param files by path
 */
export function createPageHost(files: Readonly<Record<string, string>> = {}): Host {
  const refuse = (): never => {
    throw new Error("a page has no such thing");
  };
  return {
    env: {},
    clock: { now: () => new Date(0), elapsedMs: () => 0, sleep: refuse, limit: refuse },
    random: () => 0,
    files: { remove: refuse, writeWhole: refuse, readText: (path) => files[path] ?? refuse() },
    openTerminal: async () => ({
      program: "aws-oidc.cjs",
      readInput: refuse,
      readCheckout: async () => ({ kind: "none" }),
      readSource: refuse,
      shortPath: refuse,
      signUrl: refuse,
      openWorkbench: refuse,
    }),
    out: refuse,
    err: refuse,
  };
}
