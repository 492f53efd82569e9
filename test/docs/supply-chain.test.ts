import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { inputsOf } from "../../src/config/inputs/inputs.ts";
import { ROOT } from "./pages.ts";

const page = readFileSync(join(ROOT, "docs/supply-chain.md"), "utf8");

it("pins the image that is the default, and no digest that somebody made up", () => {
  const images = new Set(page.match(/node:\d[\w.-]*/g));
  const defaults = ["assume-role", "doctor"].map(
    (command) => inputsOf(command as "assume-role" | "doctor").find(({ name }) => name === "image")?.default,
  );
  expect([...images]).toEqual([...new Set(defaults)]);
  expect(page.match(/sha256:\S+/g)).toEqual(["sha256:<digest>"]);
});

it("tells every file of a release", () => {
  const pipeline = parse(readFileSync(join(ROOT, ".gitlab-ci.yml"), "utf8"), { logLevel: "error" });
  const links: readonly { readonly url: string }[] = pipeline.release.release.assets.links;
  const table = page.split("A release has these files:")[1]?.split("\n\n")[1] ?? "";
  const told = table.split("\n").flatMap((row) => row.split("|")[1]?.match(/`[^`]+`/g) ?? []);
  expect(told.map((name) => name.slice(1, -1)).sort()).toEqual(
    links.map(({ url }) => url.replace("$PACKAGE_URL/", "")).sort(),
  );
});
