import { BlockList, isIP } from "node:net";
import { AwsOidcError } from "../foundation/errors.ts";
import type { Environment, Way } from "../foundation/ports.ts";
import { isUrl } from "../foundation/url.ts";

const HTTPS_PORT = "443";

/**
 * Chooses the route to a server from the variables that curl, Go and others read: a lower-case variable takes
 * precedence over its upper-case twin, and `ALL_PROXY` applies if there is no specific variable.
 *
 * Plain http, which is for loopback only, never goes through a proxy: the proxy could read it.
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
  /** Without brackets, and without a name's final dot. */
  readonly host: string;
  readonly port: string;
}

/**
 * Whether `NO_PROXY` lists the server: `*` means all; a name, with or without a leading dot or `*.`, includes its
 * subdomains; addresses, and networks in CIDR notation, are compared as addresses. A port after a name or address
 * counts.
 *
 * Where curl and Go differ, the wider reading applies. Anything else is ignored, as they do.
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

/**
 * Reads the URL of a proxy; the default scheme is http.
 *
 * The port of an http proxy is required, because programs have different defaults: curl 1080, others 80.
 *
 * @param variable where the text comes from
 * @throws {AwsOidcError} `CONFIG_INVALID`; the message does not contain the text, which may have a password in it
 */
function parseProxyUrl(text: string, variable: string): URL {
  const written = text.trim();
  const withScheme = written.includes("://") ? written : `http://${written}`;
  if (!/^https?:/i.test(withScheme) || !isUrl(withScheme)) {
    throw unusable(variable, "is not the URL of an http or https proxy");
  }
  const url = new URL(withScheme);
  if (!/^\/?$/.test(url.pathname) || /[?#]/.test(withScheme)) {
    throw unusable(variable, "has more than scheme, user, password, host and port");
  }
  if (!isUtf8(url.username) || !isUtf8(url.password)) {
    throw unusable(variable, "has a user name or password that is not percent-encoded UTF-8");
  }
  const port = /:0*(\d*)\/?$/.exec(withScheme.slice(withScheme.lastIndexOf("@") + 1))?.[1] ?? "";
  if (url.port === "0" || (port === "" && url.protocol === "http:")) {
    throw unusable(variable, "names a proxy without its port");
  }
  return url;
}

function unusable(variable: string, what: string): AwsOidcError {
  return new AwsOidcError("CONFIG_INVALID", `${variable} ${what}`, {
    hint: `Write ${variable} as http://<host>:<port> or http://<user>:<password>@<host>:<port>, with the user and password percent-encoded (%40 for @, %2F for /), or remove it.`,
  });
}

/** Whether percent-encoded text can be decoded: no stray `%`, and valid UTF-8. RFC 3986 section 2.5. */
function isUtf8(encoded: string): boolean {
  try {
    decodeURIComponent(encoded);
    return true;
  } catch {
    return false;
  }
}
