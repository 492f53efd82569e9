import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Playground } from "./playground.ts";

/** Whether the page needs a network, or could use one. */
export function testConnections(playground: Playground): void {
  let server: Server;
  let asked: number;
  beforeAll(async () => {
    asked = 0;
    server = createServer((_, response) => {
      asked += 1;
      response.end();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    await playground.open();
  });
  afterAll(() => server.close());

  it("works without a network", async () => {
    const context = playground.page.context();
    await context.setOffline(true);
    try {
      await playground.button("Show an example").click();
      await expect.poll(playground.status).toContain("Refused");
    } finally {
      await context.setOffline(false);
    }
  });

  it.each([
    "fetch(URL)",
    "new Promise((resolve, reject) => { const r = new XMLHttpRequest(); r.onload = resolve; r.onerror = reject; r.open('GET', URL); r.send(); })",
    "new Promise((resolve, reject) => { const s = new WebSocket(URL.replace('http', 'ws')); s.onopen = resolve; s.onerror = reject; })",
    "new Promise((resolve, reject) => { const i = new Image(); i.onload = resolve; i.onerror = reject; i.src = URL; })",
    "new Promise((resolve, reject) => { const s = document.createElement('script'); s.onload = resolve; s.onerror = reject; s.src = URL; document.body.append(s); })",
  ])("could not even if its script wanted to: %s", async (attempt) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const sent = playground.page.evaluate(`(async (URL) => { await ${attempt}; })(${JSON.stringify(url)})`);
    await expect(sent).rejects.toThrow();
    expect(asked).toBe(0);
    // The browser has said that the policy forbids it.
    expect(playground.takeComplaints().join()).toContain("Content Security Policy");
    playground.takeRequests();
  });
}
