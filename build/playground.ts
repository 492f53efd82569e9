import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { build, type Loader, type Metafile, transform } from "esbuild";
import { renderLicenceTexts } from "./licences.ts";

/** The playground: one file that needs nothing else, no server and no network. */
export interface Playground {
  readonly html: string;
  /** The script in it, as it runs. */
  readonly code: string;
  /** What went in, for the licences. */
  readonly metafile: Metafile;
}

const FOLDER = "playground";

/** Browsers of the last three years; all can unpack the script. */
const BROWSERS = ["chrome111", "firefox113", "safari16.4"];

/** Builds the page with everything in it. The same source gives the same page, in any folder. */
export async function renderPlayground(root: string): Promise<Playground> {
  const read = (name: string): string => readFileSync(join(root, FOLDER, name), "utf8");
  const { code, metafile } = await bundlePage(root);
  const [style, loader] = await Promise.all([
    minify(read("style.css"), "css"),
    minify(read("loader.js"), "js"),
  ]);
  const parts: Readonly<Record<string, string>> = {
    policy: contentSecurityPolicy({ scripts: [loader, code], style }),
    style,
    loader,
    packed: pack(code),
    // Two dashes could end the comment that the licences are in.
    licences: renderLicenceTexts(root, metafile).replaceAll("--", "- -").trim(),
  };
  const html = read("page.html").replaceAll(/\/\* (\w+) \*\//g, (_, name: string) => parts[name] ?? "");
  return { html, code, metafile };
}

async function bundlePage(root: string): Promise<{ readonly code: string; readonly metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`${FOLDER}/main.tsx`],
    bundle: true,
    write: false,
    // Node does not exist there, so code that needs it does not build.
    platform: "browser",
    format: "esm",
    target: BROWSERS,
    minify: true,
    charset: "utf8",
    legalComments: "none",
    jsx: "automatic",
    jsxImportSource: "preact",
    tsconfigRaw: {},
    metafile: true,
    logLevel: "silent",
  });
  return { code: outputFiles[0]?.text.trim() ?? "", metafile };
}

async function minify(text: string, loader: Loader): Promise<string> {
  const { code } = await transform(text, { loader, minify: true, target: BROWSERS, legalComments: "none" });
  return code.trim();
}

/**
 * What the page may do: run exactly these scripts with exactly this style, and nothing else. Without `connect-src` it
 * cannot send requests, whatever its scripts say.
 *
 * @see https://www.w3.org/TR/CSP3/
 */
function contentSecurityPolicy({
  scripts,
  style,
}: {
  readonly scripts: readonly string[];
  readonly style: string;
}): string {
  return [
    "default-src 'none'",
    `script-src ${scripts.map(hashSource).join(" ")}`,
    `style-src ${hashSource(style)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function hashSource(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** Most of the script is sentences, which shrink to a third when packed. */
function pack(code: string): string {
  const packed = deflateRawSync(code, { level: constants.Z_BEST_COMPRESSION, memLevel: 9 });
  return packed.toString("base64").replaceAll(/.{120}/g, "$&\n");
}

const PACKED = /(?<=<script type="text\/plain" id="packed">\n)[\w+/=\n]*(?=\n<\/script>)/;

/** The page with its unpacked script, since packed bytes may differ between builds of zlib. */
export function unpackPlayground(html: string): string {
  return html.replace(PACKED, (packed) => {
    try {
      return inflateRawSync(Buffer.from(packed, "base64")).toString("utf8");
    } catch {
      return packed;
    }
  });
}
