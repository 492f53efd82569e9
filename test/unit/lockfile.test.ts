import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

describe.each(["package-lock.json", "test/node-versions/packages/package-lock.json"])("%s", (file) => {
  const { packages }: { packages: Readonly<Record<string, LockedPackage>> } = JSON.parse(
    readFileSync(join(ROOT, file), "utf8"),
  );
  const entries = Object.entries(packages).filter(([path]) => path !== "");

  it("locks every package by its hash, and names no place to get it from", () => {
    expect(entries.filter(([, { integrity }]) => !integrity).map(([path]) => path)).toEqual([]);
    expect(entries.filter(([, { resolved }]) => resolved).map(([path]) => path)).toEqual([]);
  });

  it("holds the packages of other platforms too, without which `npm ci` refuses to install", () => {
    const names = entries.map(([path]) => path.replace(/^.*node_modules\//, ""));
    const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies),
    );
    expect(wanted.filter((name) => !names.includes(name))).toEqual([]);
  });
});
