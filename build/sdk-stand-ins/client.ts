// biome-ignore-all lint/correctness/noUndeclaredDependencies: the SDK's own packages, in the versions that it brings along
import type { Pluggable } from "@smithy/types";

export * from "@aws-sdk/core/client";

const noPlugin = (): Pluggable<object, object> => ({ applyToStack: () => {} });

/** In place of the headers that tell one Lambda function of another. */
export const getRecursionDetectionPlugin = noPlugin;

/** In place of the SDK's log of every call, which goes nowhere without a logger. */
export const getLoggerPlugin = noPlugin;

/** In place of a warning for those who choose the Node version, not for those who read a job's log. */
export const emitWarningIfUnsupportedVersion = (): void => {};
