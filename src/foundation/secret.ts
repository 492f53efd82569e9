/** Replaces a secret in everything that is printed. */
export const MASK = "[MASKED]";

/**
 * A value that cannot be printed by accident: string conversion, JSON and Node's inspection all give `[MASKED]`.
 */
export class Secret {
  readonly #value: string;
  /** What the value is, in printable words: `ID token`, `secret access key`. */
  readonly label: string;
  /** Whether parts of it reveal it, or only the whole, as with an e-mail address, whose parts are ordinary words. */
  readonly masked: "by-parts" | "whole";

  constructor(value: string, label: string, masked: Secret["masked"] = "by-parts") {
    this.#value = value;
    this.label = label;
    this.masked = masked;
  }

  /** The only way to the value; the callers are listed in `test/unit/architecture.test.ts`. */
  reveal(): string {
    return this.#value;
  }

  toString(): typeof MASK {
    return MASK;
  }

  toJSON(): typeof MASK {
    return MASK;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): typeof MASK {
    return MASK;
  }
}
