import { describe, expect, it } from "vitest";
import { parseGitRemote, parseRemoteAddress } from "../../../src/gitlab/remote.ts";

it.each([
  ["git@gitlab.example.com:acme/shop.git", "https://gitlab.example.com", "acme/shop"],
  ["gitlab.example.com:acme/shop", "https://gitlab.example.com", "acme/shop"],
  ["git@gitlab.example.com:/acme/team/shop.git/", "https://gitlab.example.com", "acme/team/shop"],
  ["ssh://git@gitlab.example.com:2222/acme/shop.git", "https://gitlab.example.com", "acme/shop"],
  ["git+ssh://gitlab.example.com/acme/shop.git", "https://gitlab.example.com", "acme/shop"],
  ["ssh://git@altssh.gitlab.com:443/acme/shop.git", "https://gitlab.com", "acme/shop"],
  ["https://gitlab.com/acme/shop.git", "https://gitlab.com", "acme/shop"],
  ["https://GitLab.com/acme/shop", "https://gitlab.com", "acme/shop"],
  ["https://ada:p%40ss@gitlab.example.com/acme/shop.git", "https://gitlab.example.com", "acme/shop"],
  ["https://oauth2:p@ss@gitlab.example.com/acme/shop.git", "https://gitlab.example.com", "acme/shop"],
  ["https://gitlab.example.com:8443/acme/shop.git", "https://gitlab.example.com:8443", "acme/shop"],
  ["http://gitlab/acme/shop.git", "http://gitlab", "acme/shop"],
  // Nothing tells a path of the instance from a group.
  ["https://example.com/gitlab/acme/shop.git", "https://example.com", "gitlab/acme/shop"],
])("takes %s for a project of %s", (address, url, path) => {
  expect(parseRemoteAddress(address)).toMatchObject({ kind: "instance", url, path });
});

it.each([
  "git@github.com:acme/shop.git",
  "ssh://git@ssh.github.com:443/acme/shop.git",
  "https://ada@bitbucket.org/acme/shop.git",
  "https://dev.azure.com/acme/shop/_git/shop",
  "git@ssh.dev.azure.com:v3/acme/shop/shop",
  "https://git-codecommit.eu-central-1.amazonaws.com/v1/repos/shop",
])("knows that %s is not GitLab", (address) => {
  expect(parseRemoteAddress(address)).toMatchObject({ kind: "other" });
});

it("takes a host whose name only begins like another's", () => {
  expect(parseRemoteAddress("https://github.com.example.com/acme/shop")).toMatchObject({ kind: "instance" });
});

it.each([
  "/srv/git/shop.git",
  "../shop",
  "file:///srv/git/shop.git",
  "work:acme/shop.git",
  "git@work:acme/shop.git",
  "https://gitlab.example.com/",
  "https://gitlab.example.com/shop.git",
  "git@gitlab.example.com:acme/shop,acme/till",
  "",
])("finds no project of a GitLab in %j", (address) => {
  expect(parseRemoteAddress(address)).toEqual({ kind: "local" });
});

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
