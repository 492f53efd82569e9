import { describe, expect, it } from "vitest";
import { parseGitRemote } from "../../../src/gitlab/git-remote.ts";

describe("a remote", () => {
  const host = "gitlab.example.com";
  const project = "acme/shop";

  it.each([
    [`https://${host}/acme/shop.git`, { host, port: undefined, scheme: "https", project }],
    [`https://ada:pw@${host}:8443/a/b/shop/`, { host, port: "8443", scheme: "https", project: "a/b/shop" }],
    [`http://${host}/acme/shop`, { host, port: undefined, scheme: "http", project }],
    [`git@${host}:acme/shop.git`, { host, port: undefined, scheme: "ssh", project }],
    [`${host}:/acme/shop`, { host, port: undefined, scheme: "ssh", project }],
    [`ssh://git@${host}:2222/acme/shop.git`, { host, port: "2222", scheme: "ssh", project }],
  ])("%s is read", (url, expected) => {
    expect(parseGitRemote(url)).toEqual(expected);
  });

  it.each(["/srv/git/shop.git", "../shop", "https://gitlab.com/shop", "", "git@gitlab.com:shop.git"])(
    "%j is no project of an instance",
    (url) => {
      expect(parseGitRemote(url)).toBeUndefined();
    },
  );
});
