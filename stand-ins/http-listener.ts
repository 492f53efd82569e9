import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";

/** A certificate and its key, as a TLS server presents them. */
export interface ServerCertificate {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** What becomes of a TCP connection once it is accepted; `hang` never answers, not even the TLS handshake. */
export type ConnectionFate = "serve" | "close" | "hang";

export interface ListenerOptions {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly decideConnection?: () => ConnectionFate;
  /** HTTPS with this certificate; HTTP without. */
  readonly tls?: ServerCertificate | undefined;
  /** Address to listen on, `127.0.0.1` unless given. */
  readonly host?: string | undefined;
  /** A free port unless given. */
  readonly port?: number | undefined;
}

/** An HTTP or HTTPS server on loopback that counts its connections and leaves nothing behind when closed. */
export interface Listener {
  /** `http://127.0.0.1:40123`, without a trailing slash. */
  readonly origin: string;
  readonly port: number;
  /** TCP connections accepted so far. */
  readonly connections: number;
  /** Number of the connection that carries this request, counted from 1. */
  connectionIdOf(request: IncomingMessage): number;
  /** Ends the connection of this request with a TCP reset. */
  reset(request: IncomingMessage): void;
  close(): Promise<void>;
}

interface Connection {
  readonly id: number;
  readonly socket: Socket;
}

/** Accepted connections by the client's port: the one thing that a TLS socket and the TCP socket below it share. */
class Connections {
  readonly #byClientPort = new Map<number | undefined, Connection>();
  #accepted = 0;

  get accepted(): number {
    return this.#accepted;
  }

  add(socket: Socket): void {
    this.#accepted += 1;
    const connection = { id: this.#accepted, socket };
    const clientPort = socket.remotePort;
    this.#byClientPort.set(clientPort, connection);
    socket.once("close", () => {
      if (this.#byClientPort.get(clientPort) === connection) this.#byClientPort.delete(clientPort);
    });
  }

  of(request: IncomingMessage): Connection | undefined {
    return this.#byClientPort.get(request.socket.remotePort);
  }

  destroyAll(): void {
    for (const { socket } of this.#byClientPort.values()) socket.destroy();
  }
}

function createWebServer(options: ListenerOptions) {
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    options.handle(request, response).catch(() => response.destroy());
  };
  const web = options.tls
    ? createHttpsServer({ cert: options.tls.certificatePem, key: options.tls.keyPem }, listener)
    : createHttpServer(listener);
  // An idle connection stays open until the client or `close` ends it, so that no test races a timer.
  web.keepAliveTimeout = 0;
  return web;
}

/** Starts listening. A TCP server stands in front of the HTTP(S) one, so that a connection can be refused before TLS. */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const { host = "127.0.0.1", port = 0, tls } = options;
  const connections = new Connections();
  const web = createWebServer(options);
  const tcp = createTcpServer({ noDelay: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    connections.add(socket);
    const fate = options.decideConnection?.() ?? "serve";
    if (fate === "serve") web.emit("connection", socket);
    else if (fate === "close") socket.resetAndDestroy();
  });
  await new Promise<void>((resolve, reject) => {
    tcp.once("error", reject);
    tcp.listen({ host, port }, resolve);
  });
  const address = tcp.address() as AddressInfo;
  const authority = host.includes(":") ? `[${host}]` : host;
  return {
    origin: `${tls ? "https" : "http"}://${authority}:${address.port}`,
    port: address.port,
    get connections() {
      return connections.accepted;
    },
    connectionIdOf: (request) => connections.of(request)?.id ?? 0,
    reset: (request) => connections.of(request)?.socket.resetAndDestroy(),
    close: () =>
      new Promise<void>((resolve) => {
        tcp.close(() => resolve());
        connections.destroyAll();
      }),
  };
}

/** The whole body of a request as text. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
