/** Serves the playground on loopback, built from the current source at each request: `npm run playground`. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { renderPlayground } from "./playground.ts";

const root = join(import.meta.dirname, "..");
const { values } = parseArgs({ options: { port: { type: "string", default: "4173" } } });

const server = createServer(async ({ url = "/" }, response) => {
  if (url !== "/") {
    response.writeHead(404).end();
    return;
  }
  try {
    const { html } = await renderPlayground(root);
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
    response.end(html);
  } catch (error) {
    response.writeHead(500, { "content-type": "text/plain; charset=utf-8" }).end(String(error));
  }
});
server.on("error", (error) => {
  console.error(`✖ ${error.message}: pass another port, or 0 for any: npm run playground -- --port 0`);
  process.exitCode = 1;
});
server.listen(Number(values.port), "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  console.log(`The playground is at http://127.0.0.1:${port}/. Stop it with Ctrl+C.`);
});
