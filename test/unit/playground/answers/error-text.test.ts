import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { answerErrorText } from "../../../../playground/answers/error-text.ts";
import { runCli } from "../../../../src/cli.ts";
import { createMemoryHost } from "../../../harness/memory-host.ts";

const TEXTS: readonly { readonly text: string }[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../vectors/explain.json"), "utf8"),
);

async function askCommandLine(text: string) {
  const host = createMemoryHost({ input: text });
  const noNetwork = (): never => {
    throw new Error("the doctor asks nobody offline");
  };
  await runCli(["doctor", "--explain", "-", "--format", "json"], host, {
    connectSts: noNetwork,
    fetchPage: noNetwork,
    findWay: noNetwork,
  });
  return JSON.parse(host.stdout()).explanation;
}

describe("the page explains what the command line explains", () => {
  it.each(TEXTS.map(({ text }) => [text]))("%j", async (text) => {
    expect(JSON.parse(JSON.stringify(answerErrorText(text)))).toEqual(await askCommandLine(text));
  });
});

it("says nothing to nothing", () => {
  expect(answerErrorText(" \n")).toBeUndefined();
});
