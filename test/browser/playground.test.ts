import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { BROWSER, NO_BROWSER } from "./browser.ts";
import { testByKeyboard } from "./by-keyboard.ts";
import { testByMouse } from "./by-mouse.ts";
import { testConnections } from "./connections.ts";
import { testLinks } from "./links.ts";
import { testLooks } from "./looks.ts";
import { createPlayground } from "./playground.ts";
import { testTokens } from "./tokens.ts";
import { testVectors } from "./vectors.ts";

/** By subject; one browser for all of them. */
const SUBJECTS = {
  "nothing leaves it": testConnections,
  "a token": testTokens,
  "by mouse": testByMouse,
  "a link": testLinks,
  "by keyboard alone": testByKeyboard,
  "can be used by everybody, and fits the screen": testLooks,
  "decides every vector as the command line does": testVectors,
} as const;

if (BROWSER === undefined) {
  it("is not opened here, and need not be", () => {
    console.warn(NO_BROWSER);
    expect(process.env.REQUIRED_BROWSER, NO_BROWSER).toBeUndefined();
  });
} else {
  describe("the playground in a browser", () => inBrowser(BROWSER ?? ""));
}

function inBrowser(executablePath: string): void {
  const playground = createPlayground(executablePath);
  beforeAll(() => playground.start());
  afterEach(async () => {
    expect(playground.takeRequests()).toEqual([]);
    expect(playground.takeComplaints()).toEqual([]);
    expect(await playground.readStored()).toEqual({ storage: {}, cookies: "", databases: [] });
  });
  afterAll(() => playground.stop());
  describe.each(Object.entries(SUBJECTS))("%s", (_, test) => test(playground));
}
