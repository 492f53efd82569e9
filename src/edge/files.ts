import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { UnsuitableFileError } from "../foundation/ports.ts";

/**
 * Reads a text file from a user's path, which may turn out to be something else: a pipe that nobody writes to, an
 * endless device. Opened like this, a pipe does not block, and the checks are of the file that was opened.
 *
 * @throws {UnsuitableFileError}
 */
export function readRegularFile(path: string, maxBytes: number): string {
  return decodeText(readRegularBytes(path, maxBytes));
}

/**
 * Reads a file of UTF-8 with its byte order mark, if it has one.
 *
 * @throws {UnsuitableFileError}
 */
export function readExactText(path: string, maxBytes: number): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      readRegularBytes(path, maxBytes),
    );
  } catch (error) {
    if (error instanceof TypeError) throw new UnsuitableFileError("not in UTF-8");
    throw error;
  }
}

function readRegularBytes(path: string, maxBytes: number): Buffer {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) {
      throw new UnsuitableFileError(stats.isDirectory() ? "a folder, not a file" : "not a regular file");
    }
    // Some files, such as those in /proc, have more than their size says.
    const buffer = Buffer.alloc(maxBytes + 1);
    const length = fill(buffer, descriptor);
    if (length > maxBytes) throw new UnsuitableFileError(`more than ${maxBytes / 1024} KiB`);
    return buffer.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Decodes text in UTF-8 or, as PowerShell's `>` and Windows editors write it, in UTF-16, and removes the byte order
 * mark. In UTF-16 without one, the first character, which is ASCII in JSON, shows the order: RFC 4627 section 3.
 */
export function decodeText(bytes: Buffer): string {
  const [first, second] = bytes;
  if (first === 0xff || second === 0) return decode(bytes, "utf-16le");
  return decode(bytes, first === 0xfe || first === 0 ? "utf-16be" : "utf-8");
}

function decode(bytes: Buffer, encoding: string): string {
  return new TextDecoder(encoding).decode(bytes);
}

/** Reads until the end, or until the buffer is full. */
function fill(buffer: Buffer, descriptor: number): number {
  let length = 0;
  for (;;) {
    const count = readSync(descriptor, buffer, length, buffer.length - length, null);
    length += count;
    if (count === 0 || length === buffer.length) return length;
  }
}
