/** One possible reason for a failure, and what settles or mends it. */
export interface Cause {
  readonly reason: string;
  /** A command, YAML or a sentence; several lines are kept as they are. */
  readonly fix: string;
}

/** A cause that others may know too: of two with one id, the first is told and the other left out. */
export interface NamedCause extends Cause {
  readonly id: string;
}

/** Causes in their order, each id once. */
export function withoutRepeats(causes: readonly NamedCause[]): readonly NamedCause[] {
  return causes.filter(({ id }, index) => causes.findIndex((other) => other.id === id) === index);
}
