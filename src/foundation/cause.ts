/** One possible reason for a failure, and what confirms or fixes it. */
export interface Cause {
  readonly reason: string;
  /** A command, YAML or a sentence; several lines are kept as they are. */
  readonly fix: string;
}

/** A cause that others may find too: of two with the same id, only the first is shown. */
export interface NamedCause extends Cause {
  readonly id: string;
}

/** Causes in their order, each id once. */
export function withoutRepeats(causes: readonly NamedCause[]): readonly NamedCause[] {
  return causes.filter(({ id }, index) => causes.findIndex((other) => other.id === id) === index);
}
