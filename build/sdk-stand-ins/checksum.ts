// biome-ignore-all lint/correctness/noUndeclaredDependencies: the SDK's own packages, in the versions that it brings along
import { Hash } from "@smithy/core/serde";

/** In place of all checksums of all services: the one that signatures need, by node:crypto, without its twin in JavaScript. */
export const Sha256 = Hash.bind(null, "sha256");
