import { expect, it } from "vitest";
import { chooseProxy } from "../../src/config/proxy.ts";
import { AwsOidcError } from "../../src/errors.ts";

const STS = new URL("https://sts.eu-west-1.amazonaws.com/");

function chosen(env: Readonly<Record<string, string>>, destination = STS): string | undefined {
  const proxy = chooseProxy(destination, env);
  return proxy && `${proxy.variable} ${proxy.url.host}`;
}

it("takes the variable of the scheme, lower case first, and ALL_PROXY where there is none", () => {
  expect(chosen({})).toBeUndefined();
  expect(chosen({ HTTPS_PROXY: "" })).toBeUndefined();
  expect(chosen({ HTTPS_PROXY: "http://a:1", https_proxy: "http://b:2" })).toBe("https_proxy b:2");
  expect(chosen({ HTTPS_PROXY: "http://a:1", https_proxy: "" })).toBe("HTTPS_PROXY a:1");
  expect(chosen({ HTTP_PROXY: "http://a:1" })).toBeUndefined();
  expect(chosen({ HTTP_PROXY: "http://a:1", ALL_PROXY: "http://b:2" })).toBe("ALL_PROXY b:2");
  expect(chosen({ http_proxy: "http://a:1" }, new URL("http://127.0.0.1:8080/"))).toBe("http_proxy a:1");
});

it("takes a proxy without a scheme as one that speaks http", () => {
  expect(chooseProxy(STS, { HTTPS_PROXY: "proxy.example.com:3128" })?.url.href).toBe(
    "http://proxy.example.com:3128/",
  );
});

it.each([
  ["*"],
  ["sts.eu-west-1.amazonaws.com"],
  ["STS.EU-WEST-1.AMAZONAWS.COM"],
  ["amazonaws.com"],
  [".amazonaws.com"],
  ["*.amazonaws.com"],
  ["example.com, amazonaws.com"],
  ["example.com amazonaws.com"],
  ["amazonaws.com:443"],
])("goes past the proxy with NO_PROXY=%s", (list) => {
  expect(chosen({ HTTPS_PROXY: "http://a:1", NO_PROXY: list })).toBeUndefined();
  expect(chosen({ HTTPS_PROXY: "http://a:1", no_proxy: list })).toBeUndefined();
});

it.each([[""], [","], ["aws.com"], ["naws.com"], ["amazonaws.com:8443"], ["eu-west-1"], ["[::1]"]])(
  "goes through the proxy with NO_PROXY=%s",
  (list) => {
    expect(chosen({ HTTPS_PROXY: "http://a:1", NO_PROXY: list })).toBe("HTTPS_PROXY a:1");
  },
);

it.each([["[::1]"], ["::1"], ["[::1]:8443"]])("knows IPv6 addresses in NO_PROXY: %s", (list) => {
  const destination = new URL("https://[::1]:8443/");
  expect(chosen({ HTTPS_PROXY: "http://a:1", NO_PROXY: list }, destination)).toBeUndefined();
});

it.each([["socks5://u:pa55word@proxy:1080"], ["http://u:pa55word@:3128"], ["http://u:pa55word%@proxy:3128"]])(
  "refuses what is no http proxy, without repeating it: %s",
  (url) => {
    const choose = () => chooseProxy(STS, { https_proxy: url });
    expect(choose).toThrow(AwsOidcError);
    expect(choose).toThrow("https_proxy is not the URL of an http or https proxy");
  },
);
