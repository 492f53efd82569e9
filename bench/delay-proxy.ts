import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP proxy on loopback that makes a server seem this far away. */
export interface DelayProxy {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Starts a proxy that delays every byte by half the round trip, each way. The kernel completes the TCP handshake
 * without it, so the first bytes of a connection wait one round trip longer.
 */
export async function startDelayProxy(targetPort: number, roundTripMs: number): Promise<DelayProxy> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const connectedAt = performance.now() + roundTripMs;
    const upstream = connect({ port: targetPort, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    const oneWayMs = roundTripMs / 2;
    forward(client, upstream, () => Math.max(0, connectedAt - performance.now()) + oneWayMs);
    forward(upstream, client, () => oneWayMs);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function forward(from: Socket, to: Socket, delayMs: () => number): void {
  const waiting: (() => void)[] = [];
  let dueAt = 0;
  const later = (deliver: () => void): void => {
    waiting.push(deliver);
    dueAt = Math.max(dueAt, performance.now() + delayMs());
    // Timers are rounded, so they may fire in a different order from the bytes.
    setTimeout(() => waiting.shift()?.(), dueAt - performance.now());
  };
  from.on("data", (chunk) => later(() => to.writable && to.write(chunk)));
  from.on("end", () => later(() => to.end()));
}
