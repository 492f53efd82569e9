import { readFileSync } from "node:fs";
import { join } from "node:path";

interface PackedFile {
  /** Below the folder of the package. */
  readonly path: string;
  readonly contents: Buffer;
  readonly mode: number;
}

/**
 * Packs the script as a package that `npx` and `npm install` accept by its address. It has its own manifest, without
 * dependencies: the bundle needs none, and the project's would be downloaded for nothing.
 *
 * An uncompressed archive, since compressed bytes depend on the machine, and everyone should get the same.
 *
 * @param code the script, as it is released
 */
export function renderNpmPackage(root: string, code: Buffer): Buffer {
  const { name, version, description, license, bin, engines } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  );
  const script = `${name}.cjs`;
  const programs = Object.keys(bin).map((program) => [program, script] as const);
  const manifest = { name, version, description, license, bin: Object.fromEntries(programs), engines };
  const text = (path: string): PackedFile => ({
    path: path.replace(/^.*\//, ""),
    contents: readFileSync(join(root, path)),
    mode: 0o644,
  });
  return renderTar([
    {
      path: "package.json",
      contents: Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`),
      mode: 0o644,
    },
    { path: script, contents: code, mode: 0o755 },
    text("LICENSE"),
    text("dist/THIRD-PARTY-LICENSES.txt"),
  ]);
}

const BLOCK_BYTES = 512;

/** @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 (ustar) */
function renderTar(files: readonly PackedFile[]): Buffer {
  const entries = files.flatMap(({ path, contents, mode }) => [
    renderHeader(`package/${path}`, contents.length, mode),
    contents,
    Buffer.alloc(-contents.length & (BLOCK_BYTES - 1)),
  ]);
  return Buffer.concat([...entries, Buffer.alloc(2 * BLOCK_BYTES)]);
}

/** The name, mode and size of a file. It belongs to the superuser, with the time 0. */
function renderHeader(name: string, bytes: number, mode: number): Buffer {
  const header = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  header.write(name, 0);
  header.write(octal(mode, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(bytes, 11), 124);
  header.write(octal(0, 11), 136);
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  // The checksum is computed with spaces in its own field.
  header.fill(" ", 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, 148);
  return header;
}
