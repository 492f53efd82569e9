import { BlockList, isIP } from "node:net";
import { parseProxyUrl } from "./config/proxy.ts";
import type { Environment, Way } from "./host.ts";

const HTTPS_PORT = "443";

/**
 * Chooses the way to a server by the variables that curl, Go and others read: a lower-case variable wins over its twin, and
 * `ALL_PROXY` is for whatever has no variable of its own.
 *
 * Plain http, which is for loopback only, never leads through a proxy: the proxy could read it.
 *
 * @see https://curl.se/docs/manpage.html#ENVIRONMENT
 * @throws {AwsOidcError} `CONFIG_INVALID` for a proxy that cannot be used
 */
export function findWay(destination: URL, env: Environment): Way {
  const firstSet = (...names: readonly string[]): string | undefined => names.find((name) => env[name]);
  if (destination.protocol !== "https:") return { kind: "direct" };
  const variable = firstSet("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY");
  if (variable === undefined) {
    const other = firstSet("http_proxy", "HTTP_PROXY");
    return other === undefined ? { kind: "direct" } : { kind: "direct", unused: { variable: other } };
  }
  const list = firstSet("no_proxy", "NO_PROXY");
  if (list !== undefined && isExempt(destination, env[list] ?? "")) {
    return { kind: "direct", unused: { variable, exemptBy: list } };
  }
  return { kind: "proxy", variable, url: parseProxyUrl(env[variable] ?? "", variable) };
}

interface Server {
  /** Without brackets, and without the dot at the end of a name. */
  readonly host: string;
  readonly port: string;
}

/**
 * Whether a list of `NO_PROXY` has the server: `*` is every one; a name, also with a dot or `*.` before it, stands for its
 * subdomains too; an address is compared as such, as is a network in CIDR notation. A port behind name or address counts.
 *
 * Where curl and Go differ, the wider reading is taken. Anything else is ignored, as they do.
 */
function isExempt({ hostname, port }: URL, list: string): boolean {
  const server = { host: withoutBrackets(hostname).replace(/\.$/, ""), port: port || HTTPS_PORT };
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry === "*" || isInNetwork(server, entry) || isNamed(server, entry));
}

function isInNetwork({ host, port }: Server, entry: string): boolean {
  const [, bracketed, plain = bracketed, prefix, onlyPort = port] =
    /^(?:\[([^\]]*)\]|([\da-f:.]+?))(?:\/(\d{1,3})|:(\d+))?$/.exec(
      isIP(entry) === 0 ? entry : `[${entry}]`,
    ) ?? [];
  const network = plain ?? "";
  const [family, hostFamily] = [isIP(network), isIP(host)];
  const bits = family === 4 ? 32 : 128;
  const length = Number(prefix ?? bits);
  if (family === 0 || hostFamily === 0 || length > bits || onlyPort !== port) return false;
  const networks = new BlockList();
  networks.addSubnet(network, length, family === 4 ? "ipv4" : "ipv6");
  return networks.check(host, hostFamily === 4 ? "ipv4" : "ipv6");
}

function isNamed({ host, port }: Server, entry: string): boolean {
  const [, name = "", onlyPort = port] = /^(?:\*?\.)?([^:/]+?)\.?(?::(\d+))?$/.exec(entry) ?? [];
  if (name === "" || isIP(host) !== 0 || onlyPort !== port) return false;
  return host === name || host.endsWith(`.${name}`);
}

/** The host of a URL, as the platform connects to it. */
export function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}
