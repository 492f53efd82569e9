import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeText, readExactText } from "../../../src/edge/files.ts";

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

describe("a source", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aws-oidc-source-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function read(bytes: Buffer): string {
    writeFileSync(join(folder, "a.yml"), bytes);
    return readExactText(join(folder, "a.yml"), 64);
  }

  it("is read with its byte order mark and every line break", () => {
    const text = "\ufeffa: \u00f6\r\nb: 2\n";
    expect(read(Buffer.from(text))).toBe(text);
  });

  it("is refused in another encoding, since no patch would fit it, and beyond its limit", () => {
    expect(() => read(Buffer.from("a: \u00f6", "latin1"))).toThrow("not in UTF-8");
    expect(() => read(Buffer.alloc(65, "a"))).toThrow("more than");
    expect(() => readExactText(folder, 64)).toThrow("a folder, not a file");
  });
});
