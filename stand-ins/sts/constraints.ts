import { validationError } from "./errors.ts";

/** Collects what is wrong with the parameters, since the service names all violations in one message. */
export class Constraints {
  readonly #violations: string[] = [];

  /** @param shown the value as the message quotes it; absent for a secret */
  check(field: string, constraint: string, shown?: string): void {
    const value = shown === undefined ? "Value" : `Value '${shown}'`;
    this.#violations.push(`${value} at '${field}' failed to satisfy constraint: Member must ${constraint}`);
  }

  required(field: string, value: string | undefined): string {
    if (value === undefined) {
      this.#violations.push(`Value null at '${field}' failed to satisfy constraint: Member must not be null`);
    }
    return value ?? "";
  }

  length(field: string, value: string | undefined, { min, max }: { min: number; max: number }): void {
    if (value === undefined) return;
    if (value.length < min) this.check(field, `have length greater than or equal to ${min}`, value);
    if (value.length > max) this.check(field, `have length less than or equal to ${max}`, value);
  }

  pattern(field: string, value: string | undefined, pattern: string): void {
    if (value === undefined || new RegExp(`^${pattern}$`, "u").test(value)) return;
    this.check(field, `satisfy regular expression pattern: ${pattern}`, value);
  }

  range(field: string, value: number, { min, max }: { min: number; max: number }): void {
    if (value < min) this.check(field, `have value greater than or equal to ${min}`, String(value));
    if (value > max) this.check(field, `have value less than or equal to ${max}`, String(value));
  }

  /** @throws ServiceError if anything is wrong */
  assert(): void {
    const count = this.#violations.length;
    if (count === 0) return;
    throw validationError(
      `${count} validation error${count === 1 ? "" : "s"} detected: ${this.#violations.join("; ")}`,
    );
  }
}
