import { describe, expect, it } from "vitest";
import { findWay } from "../../../src/edge/proxies.ts";
import { AwsOidcError } from "../../../src/foundation/errors.ts";

const STS = new URL("https://sts.eu-west-1.amazonaws.com/");

/**
 * The variable and the host of the proxy; or, for a server that is reached without one, which variable does not count.
 */
function chosen(env: Readonly<Record<string, string>>, destination = STS): string {
  const way = findWay(destination, env);
  if (way.kind === "proxy") return `${way.variable} ${way.url.host}`;
  return way.unused === undefined ? "direct" : `direct, in spite of ${way.unused.variable}`;
}

describe("the proxy", () => {
  it.each([
    [{}, "direct"],
    [{ HTTPS_PROXY: "" }, "direct"],
    [{ HTTPS_PROXY: "http://a:1", https_proxy: "http://b:2" }, "https_proxy b:2"],
    [{ HTTPS_PROXY: "http://a:1", https_proxy: "" }, "HTTPS_PROXY a:1"],
    [{ HTTP_PROXY: "http://a:1", ALL_PROXY: "http://b:2" }, "ALL_PROXY b:2"],
    [{ ALL_PROXY: "http://a:1", all_proxy: "http://b:2" }, "all_proxy b:2"],
    [{ HTTPS_PROXY: "http://a:1", all_proxy: "http://b:2" }, "HTTPS_PROXY a:1"],
  ])("is that of https, lower case first, or else ALL_PROXY: %j", (env, expected) => {
    expect(chosen(env)).toBe(expected);
  });

  it.each(["HTTP_PROXY", "http_proxy"])(
    "is not that of %s, of which it is told that it does not count",
    (name) => {
      expect(findWay(STS, { [name]: "http://a:1" })).toEqual({ kind: "direct", unused: { variable: name } });
    },
  );

  it.each(["http_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"])(
    "is never asked for plain http: %s",
    (name) => {
      expect(findWay(new URL("http://127.0.0.1:8080/"), { [name]: "http://a:1" })).toEqual({
        kind: "direct",
      });
    },
  );
});

/** What a list exempts, whatever the port of the URL unless the row says so. */
describe("NO_PROXY", () => {
  const exempt: readonly (readonly [list: string, url: string])[] = [
    ["*", "https://sts.example.com"],
    ["other.example, *", "https://sts.example.com"],
    ["sts.example.com", "https://sts.example.com"],
    ["STS.Example.COM", "https://sts.example.com"],
    ["example.com", "https://sts.example.com"],
    [".example.com", "https://sts.example.com"],
    ["*.example.com", "https://sts.example.com"],
    [".example.com", "https://example.com"],
    ["example.com.", "https://sts.example.com"],
    [".example.com.", "https://sts.example.com"],
    ["example.com", "https://sts.example.com."],
    ["example.com.:443", "https://sts.example.com.:443"],
    ["other.example,example.com", "https://sts.example.com"],
    ["other.example  example.com", "https://sts.example.com"],
    ["example.com:443", "https://sts.example.com"],
    ["example.com:8443", "https://sts.example.com:8443"],
    ["10.1.2.3", "https://10.1.2.3"],
    ["10.1.2.3:443", "https://10.1.2.3"],
    ["10.1.0.0/16", "https://10.1.2.3:8443"],
    ["10.1.2.3/32", "https://10.1.2.3"],
    ["0.0.0.0/0", "https://10.1.2.3"],
    ["169.254.0.0/17,10.1.2.0/23", "https://10.1.3.255"],
    ["::1", "https://[::1]:8443"],
    ["[::1]", "https://[::1]:8443"],
    ["[::1]:8443", "https://[::1]:8443"],
    ["0:0:0:0:0:0:0:1", "https://[::1]"],
    ["FD00:1::/32", "https://[fd00:1:2::3]"],
    ["[fd00:1::]/32", "https://[fd00:1:2::3]"],
  ];
  it.each(exempt)("with %s leaves %s to itself", (list, url) => {
    const expected = { kind: "direct", unused: { variable: "HTTPS_PROXY", exemptBy: "NO_PROXY" } };
    expect(findWay(new URL(url), { HTTPS_PROXY: "http://a:1", NO_PROXY: list })).toEqual(expected);
    expect(chosen({ HTTPS_PROXY: "http://a:1", no_proxy: list }, new URL(url))).toMatch(/^direct/);
  });

  const proxied: readonly (readonly [list: string, url: string])[] = [
    ["", "https://sts.example.com"],
    [",", "https://sts.example.com"],
    [".", "https://sts.example.com"],
    ["*.", "https://sts.example.com"],
    ["ample.com", "https://sts.example.com"],
    ["sts", "https://sts.example.com"],
    ["example.com.evil", "https://sts.example.com"],
    ["sts.example.com.", "https://example.com"],
    ["example.com:8443", "https://sts.example.com"],
    ["example.com/24", "https://sts.example.com"],
    ["s*.example.com", "https://sts.example.com"],
    ["[::1]", "https://sts.example.com"],
    ["10.0.0.0/8", "https://sts.example.com"],
    ["1.2.3", "https://10.1.2.3"],
    ["1.2.3.4", "https://10.1.2.3"],
    ["2.3", "https://10.1.2.3"],
    [".1.2.3", "https://10.1.2.3"],
    ["10.1.2", "https://10.1.2.3"],
    ["10.1.2.3:8443", "https://10.1.2.3"],
    ["10.1.2.0/33", "https://10.1.2.3"],
    ["10.1.2.0/", "https://10.1.2.3"],
    ["10.1/16", "https://10.1.2.3"],
    ["10.2.0.0/16", "https://10.1.2.3"],
    ["[::1]:8443", "https://[::1]"],
    ["fd00:2::/32", "https://[fd00:1:2::3]"],
    ["::/129", "https://[fd00:1:2::3]"],
  ];
  it.each(proxied)("with %s has nothing to say to %s", (list, url) => {
    expect(chosen({ HTTPS_PROXY: "http://a:1", NO_PROXY: list }, new URL(url))).toBe("HTTPS_PROXY a:1");
  });

  it("is read in lower case first", () => {
    const env = { HTTPS_PROXY: "http://a:1", no_proxy: "other.example", NO_PROXY: "*" };
    expect(chosen(env)).toBe("HTTPS_PROXY a:1");
  });
});

describe("the URL of a proxy", () => {
  it.each([
    ["proxy.example.com:3128", "http://proxy.example.com:3128/"],
    ["http://proxy.example.com:80", "http://proxy.example.com/"],
    ["http://proxy.example.com:080/", "http://proxy.example.com/"],
    ["HTTP://proxy.example.com:3128", "http://proxy.example.com:3128/"],
    [" http://proxy.example.com:3128\n", "http://proxy.example.com:3128/"],
    ["https://proxy.example.com", "https://proxy.example.com/"],
    ["http://[::1]:3128", "http://[::1]:3128/"],
    ["http://u:p%C3%A9%40@proxy:3128", "http://u:p%C3%A9%40@proxy:3128/"],
    ["u:p@ss@proxy:3128", "http://u:p%40ss@proxy:3128/"],
  ])("may be %j", (text, href) => {
    expect(findWay(STS, { HTTPS_PROXY: text })).toMatchObject({ url: { href } });
  });

  const NOT_HTTP = "is not the URL of an http or https proxy";
  const MORE = "has more than scheme, user, password, host and port";
  const ENCODING = "has a user name or password that is not percent-encoded UTF-8";
  const NO_PORT = "names a proxy without its port";
  it.each([
    ["socks5://u:pa55word@proxy:1080", NOT_HTTP],
    ["ftp://proxy", NOT_HTTP],
    ["http://u:pa55word@:3128", NOT_HTTP],
    ["http://u:pa55word/x@proxy:3128", NOT_HTTP],
    ["http://pa55word:12/x@proxy:3128", MORE],
    ["http://pa55word:12#x@proxy:3128", MORE],
    ["http://pa55word:12?x@proxy:3128", MORE],
    ["http://proxy:3128/pa55word", MORE],
    ["http://u:pa55word%@proxy:3128", ENCODING],
    ["http://u:pa55word%ff@proxy:3128", ENCODING],
    ["http://pa55word%ff:p@proxy:3128", ENCODING],
    ["http://u:pa55word@proxy.example.com", NO_PORT],
    ["u:pa55word@proxy.example.com", NO_PORT],
    ["http://proxy.example.com:/", NO_PORT],
    ["http://[::1]", NO_PORT],
    ["http://proxy:0", NO_PORT],
  ])("is not %s, which is told without repeating it", (text, reason) => {
    const choose = () => findWay(STS, { https_proxy: text });
    expect(choose).toThrow(AwsOidcError);
    expect(choose).toThrow(new RegExp(`^https_proxy ${reason}$`));
  });

  it("is only read where it is used", () => {
    expect(chosen({ HTTPS_PROXY: "ftp://proxy", NO_PROXY: "amazonaws.com" })).toMatch(/^direct/);
  });
});
