import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { COMMANDS } from "../../../src/config/inputs/usage.ts";
import { ROOT } from "../pages.ts";

const page = readFileSync(join(ROOT, "docs/command-line.md"), "utf8");

it("tells what every command does", () => {
  const told = [...page.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, command]) => command);
  expect(told.sort()).toEqual([...COMMANDS, "completion"].sort());
});

it("fetches files that a release has at these addresses", () => {
  const pipeline = parse(readFileSync(join(ROOT, ".gitlab-ci.yml"), "utf8"), { logLevel: "error" });
  const links: readonly { readonly filepath?: string }[] = pipeline.release.release.assets.links;
  const fetched = [...page.matchAll(/<version>\/downloads\/\{?([^"}]+)/g)].flatMap(([, names = ""]) =>
    names.split(","),
  );
  expect(fetched).toEqual(["aws-oidc.cjs", "SHA256SUMS", "aws-oidc.tar"]);
  expect(links.map(({ filepath }) => filepath)).toEqual(
    expect.arrayContaining(fetched.map((name) => `/${name}`)),
  );
});
