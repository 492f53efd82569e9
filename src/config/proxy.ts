import { AwsOidcError } from "../errors.ts";
import { isUrl } from "../url.ts";

/**
 * Reads the URL of a proxy, whose scheme is http where it has none.
 *
 * The port of an http proxy has to be given, since programs differ in what they take without it: curl 1080, others 80.
 *
 * @param variable where the text comes from
 * @throws {AwsOidcError} `CONFIG_INVALID`; the message does not hold the text, which may have a password in it
 */
export function parseProxyUrl(text: string, variable: string): URL {
  const written = text.trim();
  const withScheme = written.includes("://") ? written : `http://${written}`;
  if (!/^https?:/i.test(withScheme) || !isUrl(withScheme)) {
    throw unusable(variable, "is not the URL of an http or https proxy");
  }
  const url = new URL(withScheme);
  if (!/^\/?$/.test(url.pathname) || /[?#]/.test(withScheme)) {
    throw unusable(variable, "has more in it than scheme, user, password, host and port");
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
    hint: `Write ${variable} as http://<host>:<port> or http://<user>:<password>@<host>:<port>, with user and password percent-encoded (%40 for @, %2F for /), or remove it.`,
  });
}

/** Whether percent-encoded text can be decoded: no stray `%`, and UTF-8 behind it. RFC 3986 section 2.5. */
function isUtf8(encoded: string): boolean {
  try {
    decodeURIComponent(encoded);
    return true;
  } catch {
    return false;
  }
}
