// biome-ignore-all lint/correctness/noUndeclaredDependencies: the SDK's own packages, in the versions that it brings along
export * from "@smithy/core/serde";

const notInBundle = (): never => {
  throw new Error("no operation of this bundle takes such a value");
};

/** In place of what writes values that no operation of ours takes. */
export const dateToUtcString = notInBundle;
export class NumericValue {}
