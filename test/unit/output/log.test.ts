import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/foundation/secret.ts";
import { createLog } from "../../../src/output/log.ts";
import { createPaint } from "../../../src/output/paint.ts";
import { createRedactor } from "../../../src/output/redactor.ts";
import { anyText } from "../../harness/any-text.ts";
import { createMemoryHost } from "../../harness/memory-host.ts";

const MARK = "\u001b0.123";

function logged(text: string): string {
  const host = createMemoryHost();
  createLog(createRedactor(), host, MARK).say(text);
  return host.stdout();
}

it("says on standard output, complains on standard error, and masks on both", () => {
  const host = createMemoryHost();
  const log = createLog(createRedactor(), host, MARK);
  log.say("before: hunter2-hunter2\n");
  log.mask(new Secret("hunter2-hunter2", "password"));
  log.say("done with hunter2-hunter2\n");
  log.complain("failed with hunter2-hunter2\n");
  expect(host.stdout()).toBe("before: hunter2-hunter2\ndone with [MASKED]\n");
  expect(host.stderr()).toBe("failed with [MASKED]\n");
});

describe("shows what it was sent, and does nothing of it", () => {
  it.each([
    ["colours", "\u001b[31;1mred\u001b[0m", "\\u001b[31;1mred\\u001b[0m"],
    ["the other way to begin a sequence", "\u009b2J", "\\u009b2J"],
    ["a line written over", "refused\rdone", "refused\\u000ddone"],
    ["backspaces", "bad\b\b\bok", "bad\\u0008\\u0008\\u0008ok"],
    ["a line break of Unicode", "a\u2028b\u0085c", "a\\u2028b\\u0085c"],
    ["reading from right to left", "main\u202egnp.exe\u2066", "main\\u202egnp.exe\\u2066"],
    ["what has no width", "ma\u200bin\ufeff\u00ad", "ma\\u200bin\\ufeff\\u00ad"],
    ["letters of tags", "x\u{e0041}", "x\\udb40\\udc41"],
    ["half of a surrogate pair", "x\ud800", "x\\ud800"],
    [
      "sections",
      "section_start:1:a[collapsed=true]\r\u001b[0Kb section_end:1:a\r\u001b[0K",
      "section\\u005fstart:1:a[collapsed=true]\\u000d\\u001b[0Kb section\\u005fend:1:a\\u000d\\u001b[0K",
    ],
  ])("%s", (_, sent, shown) => {
    expect(logged(sent)).toBe(shown);
  });

  it("leaves nothing that cannot be seen but line breaks, tabs and our own colours", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(logged(text)).not.toMatch(
          /(?![\n\t])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|[\u200b-\u200f\u202a-\u202e\u2060-\u2069]/u,
        );
      }),
    );
  });

  it("paints, whatever stands in the paint", () => {
    const paint = createPaint({ GITLAB_CI: "true" }, MARK);
    expect(logged(paint.bad("no: \u001b[32;1mdone\u001b[0m"))).toBe(
      "\u001b[31;1mno: \\u001b[32;1mdone\\u001b[0m\u001b[0m",
    );
  });

  it("leaves text alone in every script", () => {
    const text = "✔ café, 漢字, עברית, 👩\n\t→ section_start and section_end";
    expect(logged(text)).toBe(text);
  });

  it("keeps JSON what it is", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(JSON.parse(logged(JSON.stringify({ text })))).toEqual({ text });
      }),
    );
  });
});
