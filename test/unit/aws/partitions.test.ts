import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { findPartition, PARTITIONS, partitionOfRegion } from "../../../src/aws/partitions.ts";

interface SdkPartitions {
  readonly partitions: readonly {
    readonly id: string;
    readonly outputs: { readonly implicitGlobalRegion: string };
    readonly regions: Readonly<Record<string, unknown>>;
  }[];
}

/** The table that the bundled SDK itself chooses endpoints by; the package exports no path to it. */
async function readSdkPartitions(): Promise<SdkPartitions> {
  const path = "@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js";
  const source = await readFile(new URL(`../../../node_modules/${path}`, import.meta.url), "utf8");
  const table = source.slice(source.indexOf("{"), source.indexOf("\n};") + 2);
  return JSON.parse(table.replace(/;$/, ""));
}

it("knows the partitions, Regions and default Regions of the SDK, and no others", async () => {
  const { partitions } = await readSdkPartitions();
  const isRegion = (name: string) => !name.endsWith("-global");
  expect(
    PARTITIONS.map(({ name, defaultRegion, regions }) => ({
      name,
      defaultRegion,
      regions: [...regions].sort(),
    })),
  ).toEqual(
    partitions.map(({ id, outputs, regions }) => ({
      name: id,
      defaultRegion: outputs.implicitGlobalRegion,
      regions: Object.keys(regions).filter(isRegion).sort(),
    })),
  );
});

it("has each Region in one partition only", () => {
  const regions = PARTITIONS.flatMap((partition) => partition.regions);
  expect(new Set(regions).size).toBe(regions.length);
});

it("finds the partition of every Region and of every name", () => {
  for (const partition of PARTITIONS) {
    expect(findPartition(partition.name)).toBe(partition);
    for (const region of partition.regions) expect(partitionOfRegion(region)).toBe(partition);
  }
});

it.each(["", "eu-central-9", "EU-CENTRAL-1", "aws-global"])(
  "has no partition for the Region %j",
  (region) => {
    expect(partitionOfRegion(region)).toBeUndefined();
  },
);

it("has no partition of another name", () => {
  expect(findPartition("aws-eu")).toBeUndefined();
});
