import { type AddressInfo, connect, createServer } from "node:net";
import { buffer } from "node:stream/consumers";
import { expect, it } from "vitest";
import { startDelayProxy } from "../../bench/delay-proxy.ts";

it("passes every byte on, in order, both ways", async () => {
  const echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
  const proxy = await startDelayProxy((echo.address() as AddressInfo).port, 3);
  const sent = Buffer.from(Array.from({ length: 50_000 }, (_, index) => index % 251));

  const client = connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true });
  for (let start = 0; start < sent.length; start += 997) client.write(sent.subarray(start, start + 997));
  client.end();
  expect(sent.equals(await buffer(client))).toBe(true);

  await proxy.close();
  await new Promise((resolve) => echo.close(resolve));
});
