import fc from "fast-check";

/** Any text at all: control characters, every script, and halves of surrogate pairs. */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0, max: 0x10ffff })))
  .map((codePoints) => String.fromCodePoint(...codePoints));
