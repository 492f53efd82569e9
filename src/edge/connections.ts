import { lookup as lookUpName } from "node:dns";
import { existsSync } from "node:fs";
import { type ClientRequestArgs, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { isIP, type LookupFunction, type Socket } from "node:net";
import type { Environment } from "../foundation/ports.ts";
import { readCertificateBundle } from "./certificate-bundle.ts";
import { findWay, withoutBrackets } from "./proxies.ts";
import { type Connected, type ConnectOptions, type Destination, TunnelAgent } from "./proxy-tunnel.ts";

/** The connections to a server, for plain http and for https. */
export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  /** Connects through the proxy, with its own time limit; absent if there is no proxy. */
  readonly tunnel: ((destination: Destination) => Promise<Socket>) | undefined;
}

/** The connections of a run, which all its requests share. */
export interface Connections {
  /**
   * @param destination URL of the server
   * @throws {AwsOidcError} `CONFIG_INVALID` for a proxy that cannot be used
   */
  agentsFor(destination: URL): Agents;
  /**
   * Starts connecting to a server, so that the next request to it waits less. Does nothing if there is an idle
   * connection to the server, or if it is behind a proxy, which takes two connections.
   *
   * @throws {AwsOidcError} `CONFIG_INVALID` for a proxy that cannot be used
   */
  open(destination: URL): void;
}

/**
 * Creates the connections of a run, through the proxies that the environment names.
 *
 * @throws {AwsOidcError} `CONFIG_INVALID` for a certificate bundle that cannot be used
 */
export function createConnections(env: Environment): Connections {
  const options: ConnectOptions = {
    rejectUnauthorized: true,
    keepAlive: true,
    noDelay: true,
    lookup,
    ...readCertificateBundle(env),
  };
  const direct = {
    http: new EarlyHttpAgent(options),
    https: new EarlyHttpsAgent(options),
    tunnel: undefined,
  };
  const throughProxy = new Map<string, Agents>();
  const agentsFor = (destination: URL): Agents => {
    const way = findWay(destination, env);
    if (way.kind === "direct") return direct;
    const agents = throughProxy.get(way.url.href) ?? createTunnelAgents(way.url, options);
    throughProxy.set(way.url.href, agents);
    return agents;
  };
  return {
    agentsFor,
    open(destination) {
      if (agentsFor(destination) !== direct) return;
      (destination.protocol === "https:" ? direct.https : direct.http).early.open(destination, options);
    },
  };
}

function createTunnelAgents(proxy: URL, options: ConnectOptions): Agents {
  const https = new TunnelAgent(proxy, options);
  return { http: new HttpAgent(options), https, tunnel: (destination) => https.openTunnel(destination) };
}

/** An agent that can connect before there is a request. */
class EarlyHttpAgent extends HttpAgent {
  readonly early = new EarlyConnections(this, (...wanted) => super.createConnection(...wanted));

  override createConnection(wanted: ClientRequestArgs, connected: Connected): Connection {
    return this.early.take(wanted, connected);
  }
}

/** The same for https, for which Node has a separate class. */
class EarlyHttpsAgent extends HttpsAgent {
  readonly early = new EarlyConnections(this, (...wanted) => super.createConnection(...wanted));

  override createConnection(wanted: ClientRequestArgs, connected: Connected): Connection {
    return this.early.take(wanted, connected);
  }
}

type Connection = ReturnType<HttpAgent["createConnection"]>;

interface EarlyConnection {
  readonly socket: Connection;
  failure?: Error;
}

/** The connections that an agent opened before any request, until one needs them. */
class EarlyConnections {
  readonly #agent: HttpAgent;
  readonly #connect: HttpAgent["createConnection"];
  readonly #waiting = new Map<string, EarlyConnection>();

  /** @param connect as Node does */
  constructor(agent: HttpAgent, connect: HttpAgent["createConnection"]) {
    this.#agent = agent;
    this.#connect = connect;
  }

  /** Connects as the agent would, unless it has an idle connection to this server. */
  open({ hostname, port, protocol }: URL, options: ConnectOptions): void {
    const host = withoutBrackets(hostname);
    const server = {
      ...options,
      host,
      port: Number(port || (protocol === "https:" ? 443 : 80)),
      servername: isIP(host) === 0 ? host : "",
    };
    const isFree = this.#agent.freeSockets[this.#agent.getName(server)] !== undefined;
    if (isFree || this.#waiting.get(keyOf(server))?.socket?.destroyed === false) return;
    const early: EarlyConnection = { socket: this.#connect(server) };
    early.socket?.once("error", (error) => {
      early.failure = error;
    });
    this.#waiting.set(keyOf(server), early);
  }

  /**
   * Passes an early connection, or its failure, to the first request to its server; creates a new one for every other.
   */
  take(wanted: ClientRequestArgs, connected: Connected): Connection {
    const early = this.#waiting.get(keyOf(wanted));
    this.#waiting.delete(keyOf(wanted));
    if (early?.failure !== undefined) {
      connected(early.failure);
      return undefined;
    }
    // No request would ever hear of a connection that ended without a failure.
    return early?.socket?.destroyed === false ? early.socket : this.#connect(wanted, connected);
  }
}

function keyOf({ host, port }: Destination): string {
  return `${host}:${port}`;
}

let lookupsUnderWay = 0;

/** The platform's own lookup, counted. */
const lookup: LookupFunction = (hostname, options, callback) => {
  lookupsUnderWay += 1;
  lookUpName(hostname, options, (...answer) => {
    lookupsUnderWay -= 1;
    callback(...answer);
  });
};

/**
 * The platform ends a process only after its name lookups, which take 10 seconds or more with a dead name server. Node
 * 20 has no way to cancel them.
 */
process.once("exit", (exitCode) => {
  if (lookupsUnderWay > 0 && process.execve !== undefined && existsSync("/bin/sh")) {
    process.execve("/bin/sh", ["sh", "-c", `exit ${exitCode}`]);
  }
});
