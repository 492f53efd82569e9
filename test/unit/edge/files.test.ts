import { describe, expect, it } from "vitest";
import { decodeText } from "../../../src/edge/files.ts";

describe("a text", () => {
  const text = '{"a": "ö€😀"}\r\n';

  it.each([
    ["in UTF-8", Buffer.from(text)],
    ["in UTF-8 behind a byte order mark", Buffer.from(`\ufeff${text}`)],
    ["in UTF-16, as the > of PowerShell writes it", Buffer.from(`\ufeff${text}`, "utf16le")],
  ])("%s is read", (_, bytes) => {
    expect(decodeText(bytes)).toBe(text);
  });

  it("that is empty is that", () => {
    expect(decodeText(Buffer.alloc(0))).toBe("");
  });
});
