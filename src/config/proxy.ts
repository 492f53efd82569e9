import { AwsOidcError } from "../errors.ts";
import type { Environment } from "../host.ts";
import { isUrl } from "../url.ts";

/** A proxy, and the variable that names it. */
export interface Proxy {
  readonly variable: string;
  readonly url: URL;
}

/**
 * Chooses the proxy for a destination as curl does: a lower-case variable wins over its twin, `ALL_PROXY` is for whatever
 * has no variable of its own, and `NO_PROXY` lists hosts, which stand for their subdomains too; `*` is every host.
 *
 * @see https://curl.se/docs/manpage.html#ENVIRONMENT
 * @throws {AwsOidcError} `CONFIG_INVALID`; the message does not hold the value, which may have a password in it
 */
export function chooseProxy(destination: URL, env: Environment): Proxy | undefined {
  const own = `${destination.protocol.slice(0, -1)}_proxy`;
  const variable = [own, own.toUpperCase(), "all_proxy", "ALL_PROXY"].find((name) => env[name]);
  if (variable === undefined || isExempt(destination, env.no_proxy || env.NO_PROXY || "")) return undefined;
  return { variable, url: parseProxy(env[variable] ?? "", variable) };
}

function isExempt({ hostname, port, protocol }: URL, list: string): boolean {
  const host = withoutBrackets(hostname);
  const itsPort = port || (protocol === "https:" ? "443" : "80");
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === "*") return true;
      const [, bracketed, plain, onlyPort] = entry.match(
        /^(?:(\[[^\]]+\])|(?:\*?\.)?([^:]+))(?::(\d+))?$/,
      ) ?? [undefined, entry];
      const name = withoutBrackets(bracketed ?? plain ?? "");
      if (name === "" || (onlyPort !== undefined && onlyPort !== itsPort)) return false;
      return host === name || host.endsWith(`.${name}`);
    });
}

function parseProxy(text: string, variable: string): URL {
  const withScheme = text.includes("://") ? text : `http://${text}`;
  if (isUrl(withScheme)) {
    const url = new URL(withScheme);
    if (/^https?:$/.test(url.protocol) && isEncoded(url.username + url.password)) return url;
  }
  throw new AwsOidcError("CONFIG_INVALID", `${variable} is not the URL of an http or https proxy`, {
    hint: `Write ${variable} as http://<host>:<port>, with user and password percent-encoded, or remove it.`,
  });
}

function isEncoded(text: string): boolean {
  return !/%(?![0-9a-f]{2})/i.test(text);
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}
