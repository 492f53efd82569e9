import { describe, expect, it } from "vitest";
import { decodeText } from "../../../src/edge/files.ts";

describe("a text", () => {
  const text = '{"a": "ö€😀"}\r\n';

  it.each([
    ["in UTF-8", Buffer.from(text)],
    ["in UTF-8 behind a byte order mark", Buffer.from(`\ufeff${text}`)],
    ["in UTF-16, as the > of PowerShell writes it", Buffer.from(`\ufeff${text}`, "utf16le")],
    ["in UTF-16, big end first", Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
    ["in UTF-16 without a byte order mark", Buffer.from(text, "utf16le")],
    ["in UTF-16 without one, big end first", Buffer.from(text, "utf16le").swap16()],
  ])("%s is read", (_, bytes) => {
    expect(decodeText(bytes)).toBe(text);
  });

  it("that is empty is that", () => {
    expect(decodeText(Buffer.alloc(0))).toBe("");
  });
});
