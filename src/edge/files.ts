import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { UnsuitableFileError } from "../foundation/ports.ts";

/**
 * Reads a text file whose path somebody gave, and which may turn out to be something else: a pipe that nobody writes to, a
 * device without an end. Opened so, a pipe does not wait; and what is looked at is what was opened.
 *
 * @throws {UnsuitableFileError}
 */
export function readRegularFile(path: string, maxBytes: number): string {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) {
      throw new UnsuitableFileError(stats.isDirectory() ? "a folder, not a file" : "not a regular file");
    }
    // Some files, as those in /proc, have more than their size says.
    const buffer = Buffer.alloc(maxBytes + 1);
    const length = fill(buffer, descriptor);
    if (length > maxBytes) throw new UnsuitableFileError(`more than ${maxBytes / 1024} KiB`);
    return decodeText(buffer.subarray(0, length));
  } finally {
    closeSync(descriptor);
  }
}

/** Text without the byte order mark with which programs on Windows begin it: UTF-8, or UTF-16 as PowerShell's `>` writes. */
export function decodeText(bytes: Buffer): string {
  // No text in UTF-8 begins with this byte.
  return bytes.toString(bytes[0] === 0xff ? "utf16le" : "utf8").replace(/^\ufeff/, "");
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
