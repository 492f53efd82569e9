import { createServer as createHttpServer, type IncomingMessage, STATUS_CODES } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ServerCertificate } from "../../stand-ins/http-listener.ts";

/** What becomes of a CONNECT request: a tunnel to a port on loopback, a refusal, or nothing at all. */
export type Route =
  | { readonly toPort: number; readonly host?: "127.0.0.1" | "::1" }
  | { readonly refuseWith: number }
  | "hang";

export interface ProxyOptions {
  /** Routes by destination, as in `sts.eu-west-1.amazonaws.com:443`: the proxy's own name service. */
  readonly routes?: Readonly<Record<string, Route>>;
  /** For every other destination; unless given, loopback is reached and all else refused with 502. */
  readonly otherwise?: Route;
  /** Clients without these are refused with 407. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** Clients reach the proxy itself over TLS. */
  readonly tls?: ServerCertificate;
  /** Address to listen on, `127.0.0.1` unless given. */
  readonly host?: string;
}

/** A CONNECT request that arrived. */
export interface TunnelRequest {
  readonly destination: string;
  /** Status of the answer; `undefined` before it. */
  readonly status: number | undefined;
}

/** An HTTP proxy on loopback, as companies have them. It never reaches beyond loopback, whatever it is asked for. */
export interface HttpProxy {
  /** Without credentials: `http://127.0.0.1:40123`. */
  readonly url: string;
  /** With them, for `HTTPS_PROXY`. */
  readonly urlWithCredentials: string;
  readonly requests: readonly TunnelRequest[];
  close(): Promise<void>;
}

const LOOPBACK = /^(localhost|127(?:\.\d+){3}|\[::1\]):(\d+)$/;

function routeTo(destination: string, { routes = {}, otherwise }: ProxyOptions): Route {
  const given = routes[destination] ?? otherwise;
  if (given !== undefined) return given;
  const [, host, port] = LOOPBACK.exec(destination) ?? [];
  if (port === undefined) return { refuseWith: 502 };
  return { toPort: Number(port), host: host === "[::1]" ? "::1" : "127.0.0.1" };
}

function isAdmitted({ headers }: IncomingMessage, { credentials }: ProxyOptions): boolean {
  if (credentials === undefined) return true;
  const expected = Buffer.from(`${credentials.user}:${credentials.password}`).toString("base64");
  return headers["proxy-authorization"] === `Basic ${expected}`;
}

function answer(client: Duplex, status: number): void {
  if (status === 200) {
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    return;
  }
  const challenge = status === 407 ? 'proxy-authenticate: Basic realm="company"\r\n' : "";
  client.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${challenge}content-length: 0\r\n\r\n`);
}

/** Joins the client with a port on loopback, and tells the status to answer before anything passes. */
function openTunnel(
  client: Duplex,
  { toPort, host = "127.0.0.1" }: Extract<Route, { toPort: number }>,
  reply: (status: number) => void,
): Socket {
  const upstream = connect({ port: toPort, host }, () => {
    upstream.off("error", refuse);
    reply(200);
    client.pipe(upstream).pipe(client);
  });
  const refuse = () => reply(502);
  upstream.once("error", refuse);
  client.on("close", () => upstream.destroy());
  upstream.on("error", () => {}).on("close", () => client.end());
  return upstream;
}

/** Starts a proxy that knows CONNECT and nothing else. */
export async function startProxy(options: ProxyOptions = {}): Promise<HttpProxy> {
  const { tls, host = "127.0.0.1", credentials } = options;
  const requests: TunnelRequest[] = [];
  const open = new Set<Duplex>();
  const server = tls
    ? createHttpsServer({ cert: tls.certificatePem, key: tls.keyPem })
    : createHttpServer((_, response) => response.writeHead(405).end());
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => open.delete(socket));
  });
  server.on("connect", (request: IncomingMessage, client: Duplex) => {
    const entry: { destination: string; status: number | undefined } = {
      destination: request.url ?? "",
      status: undefined,
    };
    requests.push(entry);
    const reply = (status: number) => {
      entry.status = status;
      answer(client, status);
    };
    const route = isAdmitted(request, options) ? routeTo(entry.destination, options) : { refuseWith: 407 };
    if (route === "hang") return;
    if ("refuseWith" in route) reply(route.refuseWith);
    else open.add(openTunnel(client, route, reply));
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const scheme = tls ? "https" : "http";
  const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const userinfo = credentials
    ? `${encodeURIComponent(credentials.user)}:${encodeURIComponent(credentials.password)}@`
    : "";
  return {
    url: `${scheme}://${authority}`,
    urlWithCredentials: `${scheme}://${userinfo}${authority}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const stream of open) stream.destroy();
      }),
  };
}
