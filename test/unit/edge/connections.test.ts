import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, Agent as HttpAgent } from "node:http";
import { createServer as createHttpsServer, Agent as HttpsAgent } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createConnections } from "../../../src/edge/connections.ts";
import { createPageFetcher } from "../../../src/edge/pages.ts";
import { createRequestHandler, type RequestHandler } from "../../../src/edge/requests.ts";
import { type Listener, readBody, startListener } from "../../../stand-ins/http-listener.ts";
import { type Authority, createAuthority } from "../../fakes/certificates.ts";
import { startProxy } from "../../fakes/proxy.ts";

let authority: Authority;
let bundle: string;
beforeAll(async () => {
  authority = await createAuthority();
  const folder = mkdtempSync(join(tmpdir(), "connections-"));
  bundle = join(folder, "ca.pem");
  writeFileSync(bundle, authority.certificatePem);
  return () => rmSync(folder, { recursive: true, force: true });
});

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface ServerOptions {
  readonly tls?: boolean;
  readonly port?: number;
}

/** A server that answers every request with its own port. */
async function serve({ tls = false, port }: ServerOptions = {}): Promise<Listener> {
  const listener = await startListener({
    handle: async ({ socket }, response) => void response.end(String(socket.localPort)),
    tls: tls ? await authority.issue({ dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] }) : undefined,
    port,
  });
  closing.push(() => listener.close());
  return listener;
}

/** The connections of a run, and a way to send requests over them. */
function connect(env: Readonly<Record<string, string>> = {}) {
  const connections = createConnections({ AWS_CA_BUNDLE: bundle, ...env });
  const handler = createRequestHandler(connections);
  closing.push(() => handler.destroy());
  const fetchPage = createPageFetcher(handler, connections);
  return {
    connections,
    get: (url: string) => get(handler, new URL(url)),
    fetchPage: (url: string) => fetchPage(url, new AbortController().signal),
  };
}

async function get(handler: RequestHandler, { protocol, hostname, port }: URL): Promise<string> {
  const request = {
    method: "GET",
    protocol,
    hostname,
    port: Number(port),
    path: "/",
    headers: {},
  };
  const { response } = await handler.handle(request, { abortSignal: new AbortController().signal });
  return readBody(response.body);
}

/** A server that ends its first connection as soon as it is made, and without an error, then serves. */
async function serveAfterEndingOne(tls: boolean): Promise<number> {
  const { certificatePem: cert, keyPem: key } = await authority.issue({ ipAddresses: ["127.0.0.1"] });
  const server = tls ? createHttpsServer({ cert, key }) : createHttpServer();
  server.on("request", (_, response) => response.end("served"));
  server.once(tls ? "secureConnection" : "connection", (socket: Socket) => socket.end());
  await once(server.listen(0, "127.0.0.1"), "listening");
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

interface Made {
  readonly options: object;
  readonly socket: Socket;
}

/** What Node is told to connect, by whichever agent of this protocol, and by what. */
function watch(protocol: string): readonly Made[] {
  const node = protocol === "https:" ? HttpsAgent.prototype : HttpAgent.prototype;
  const connect = node.createConnection;
  const made: Made[] = [];
  node.createConnection = function (options, callback) {
    const socket = connect.call(this, options, callback) as Socket;
    made.push({ options, socket });
    return socket;
  };
  closing.push(() => {
    node.createConnection = connect;
  });
  return made;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe("a connection that is opened early", () => {
  it.each([
    { protocol: "https:", host: "127.0.0.1", tls: true },
    { protocol: "https:", host: "localhost", tls: true },
    { protocol: "http:", host: "127.0.0.1", tls: false },
  ])("is made before there is a request, and is the one that $protocol//$host gets", async (server) => {
    const listener = await serve(server);
    const url = `${server.protocol}//${server.host}:${listener.port}`;
    const { connections, get } = connect();
    connections.open(new URL(url));
    await until(() => listener.connections === 1);
    expect(await get(url)).toBe(String(listener.port));
    expect(await get(url)).toBe(String(listener.port));
    expect(listener.connections).toBe(1);
  });

  it("is also the one of a request that comes before it is made", async () => {
    const listener = await serve({ tls: true });
    const { connections, get } = connect();
    connections.open(new URL(`https://127.0.0.1:${listener.port}`));
    expect(await get(`https://127.0.0.1:${listener.port}`)).toBe(String(listener.port));
    expect(listener.connections).toBe(1);
  });

  it("is not given to a request to another server", async () => {
    const [wanted, other] = [await serve(), await serve()];
    const { connections, get } = connect();
    connections.open(new URL(`http://127.0.0.1:${wanted.port}`));
    expect(await get(`http://127.0.0.1:${other.port}`)).toBe(String(other.port));
    expect(await get(`http://127.0.0.1:${wanted.port}`)).toBe(String(wanted.port));
    expect([wanted.connections, other.connections]).toEqual([1, 1]);
  });

  it("that fails is the request's failure, and the next request's to make again", async () => {
    const listener = await serve();
    await listener.close();
    const { connections, get } = connect();
    const url = `http://127.0.0.1:${listener.port}`;
    connections.open(new URL(url));
    await expect(get(url)).rejects.toMatchObject({ code: "ECONNREFUSED", syscall: "connect" });
    await serve({ port: listener.port });
    expect(await get(url)).toBe(String(listener.port));
  });

  it.each(["before", "after"])(
    "that is refused for the server's certificate %s it is asked for is the only one",
    async (when) => {
      const listener = await serve({ tls: true });
      const { connections, get } = connect({ AWS_CA_BUNDLE: "" });
      connections.open(new URL(`https://127.0.0.1:${listener.port}`));
      if (when === "before") await until(() => listener.connections === 1);
      if (when === "before") await new Promise((resolve) => setTimeout(resolve, 20));
      const asked = get(`https://127.0.0.1:${listener.port}`);
      await expect(asked).rejects.toMatchObject({ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
      expect(listener.connections).toBe(1);
    },
  );

  it.each([
    { protocol: "http:", tls: false },
    { protocol: "https:", tls: true },
  ])(
    "that $protocol has ended again is not the request's, which makes its own",
    async ({ protocol, tls }) => {
      const url = `${protocol}//127.0.0.1:${await serveAfterEndingOne(tls)}`;
      const { connections, get } = connect();
      const made = watch(protocol);
      connections.open(new URL(url));
      await until(() => made[0]?.socket.closed === true);
      expect(await get(url)).toBe("served");
      expect(made).toHaveLength(2);
    },
  );

  it("is the only one, however often it is opened, and does not displace that to another server", async () => {
    const [first, second] = [await serve({ tls: true }), await serve({ tls: true })];
    const [one, other] = [`https://127.0.0.1:${first.port}`, `https://127.0.0.1:${second.port}`];
    const { connections, get } = connect();
    for (const url of [one, one, other, one]) connections.open(new URL(url));
    await until(() => first.connections > 0 && second.connections > 0);
    for (const url of [one, other]) expect(await get(url)).toBe(new URL(url).port);
    expect([first.connections, second.connections]).toEqual([1, 1]);
  });

  it("is not made while another one is free", async () => {
    const listener = await serve({ tls: true });
    const url = `https://localhost:${listener.port}`;
    const { connections, get } = connect();
    const made = watch("https:");
    await get(url);
    connections.open(new URL(url));
    expect(made).toHaveLength(1);
    expect(await get(url)).toBe(String(listener.port));
  });

  it("is made with what the agent makes its own with", async () => {
    const { port } = await serve({ tls: true });
    const [url, other] = [`https://127.0.0.1:${port}`, `https://localhost:${port}`];
    const { connections, get } = connect();
    const made = watch("https:");
    connections.open(new URL(url));
    await get(url);
    await get(other);
    const [early, own] = made.map(({ options }) => options);
    const server = { host: "127.0.0.1", servername: "" };
    expect(own).toMatchObject({ ...early, host: "localhost", servername: "localhost" });
    expect(early).toMatchObject({ ...server, noDelay: true, keepAlive: true });
  });

  it("is not made to a server behind a proxy, to which the agent makes its way when it is asked", async () => {
    const listener = await serve({ tls: true });
    const proxy = await startProxy();
    closing.push(() => proxy.close());
    const { connections, get } = connect({ HTTPS_PROXY: proxy.url });
    connections.open(new URL(`https://127.0.0.1:${listener.port}`));
    expect(await get(`https://127.0.0.1:${listener.port}`)).toBe(String(listener.port));
    expect(proxy.requests).toHaveLength(1);
    expect(listener.connections).toBe(1);
  });
});

describe("with NODE_TLS_REJECT_UNAUTHORIZED=0", () => {
  const refused = { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" };
  beforeEach(() => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    return () => delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  });

  it.each(["early", "asked for"])("a connection that is %s is refused anyway", async (when) => {
    const { port } = await serve({ tls: true });
    const { connections, get } = connect({ AWS_CA_BUNDLE: "" });
    if (when === "early") connections.open(new URL(`https://127.0.0.1:${port}`));
    await expect(get(`https://127.0.0.1:${port}`)).rejects.toMatchObject(refused);
  });

  it("so is one to a proxy", async () => {
    const proxy = await startProxy({ tls: await authority.issue({ ipAddresses: ["127.0.0.1"] }) });
    closing.push(() => proxy.close());
    const { get } = connect({ AWS_CA_BUNDLE: "", HTTPS_PROXY: proxy.url });
    await expect(get("https://127.0.0.1:1")).rejects.toMatchObject(refused);
    expect(proxy.requests).toEqual([]);
  });

  it("so is one behind a proxy", async () => {
    const { port } = await serve({ tls: true });
    const proxy = await startProxy();
    closing.push(() => proxy.close());
    const { get } = connect({ AWS_CA_BUNDLE: "", HTTPS_PROXY: proxy.url });
    await expect(get(`https://127.0.0.1:${port}`)).rejects.toMatchObject(refused);
    expect(proxy.requests).toHaveLength(1);
  });

  it("a page is refused too, and its certificates are told", async () => {
    const { port } = await serve({ tls: true });
    const { fetchPage } = connect({ AWS_CA_BUNDLE: "" });
    await expect(fetchPage(`https://127.0.0.1:${port}`)).rejects.toMatchObject({
      ...refused,
      presented: [{ subject: "localhost" }],
    });
  });
});

describe("a page behind a proxy", () => {
  it("has the certificate of its server, and an address that only the proxy knows", async () => {
    const { port } = await serve({ tls: true });
    const proxy = await startProxy();
    closing.push(() => proxy.close());
    const { fetchPage } = connect({ HTTPS_PROXY: proxy.url });
    expect(await fetchPage(`https://127.0.0.1:${port}`)).toMatchObject({
      address: undefined,
      certificate: { subject: "localhost" },
    });
    expect(await connect().fetchPage(`https://127.0.0.1:${port}`)).toMatchObject({ address: "127.0.0.1" });
  });

  it("shows the certificates that come through the proxy, where those are refused", async () => {
    const past = await serve({ tls: true });
    const other = await createAuthority({ commonName: "Inspection CA" });
    const inspector = await startListener({
      handle: async (_, response) => void response.end(),
      tls: await other.issue({ dnsNames: ["inspected"], ipAddresses: ["127.0.0.1"] }),
    });
    const proxy = await startProxy({ otherwise: { toPort: inspector.port } });
    closing.push(
      () => inspector.close(),
      () => proxy.close(),
    );
    const { fetchPage } = connect({ HTTPS_PROXY: proxy.url });
    await expect(fetchPage(`https://127.0.0.1:${past.port}`)).rejects.toMatchObject({
      presented: [{ subject: "inspected", issuer: "Inspection CA" }],
    });
    expect(past.connections).toBe(0);
  });

  it("shows none where the proxy's own certificate is refused", async () => {
    const { port } = await serve({ tls: true });
    const proxy = await startProxy({ tls: await authority.issue({ dnsNames: ["proxy.example.com"] }) });
    closing.push(() => proxy.close());
    const { fetchPage } = connect({ HTTPS_PROXY: proxy.url });
    await expect(fetchPage(`https://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
      message: expect.stringMatching(/^the proxy https:/),
      presented: [],
    });
  });
});

it("plain http goes past every proxy", async () => {
  const listener = await serve();
  const proxy = await startProxy();
  closing.push(() => proxy.close());
  const { get } = connect({ HTTP_PROXY: proxy.url, ALL_PROXY: proxy.url });
  expect(await get(`http://127.0.0.1:${listener.port}`)).toBe(String(listener.port));
  expect(proxy.requests).toEqual([]);
});
