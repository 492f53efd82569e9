import { MAX_TEXT_BYTES } from "../../src/foundation/ports.ts";

/** A compressed text, in characters that a link may have. */
export async function packText(text: string): Promise<string> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The original text; `undefined` if it cannot be decoded, or has more than 64 KiB. */
export async function unpackText(packed: string): Promise<string | undefined> {
  try {
    const base64 = packed.replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return await readWithin(MAX_TEXT_BYTES, stream.pipeThrough(new TextDecoderStream()));
  } catch {
    return undefined;
  }
}

/** Links come from others: a small one may unpack to anything. */
async function readWithin(limit: number, stream: ReadableStream<string>): Promise<string | undefined> {
  const reader = stream.getReader();
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += part.value;
    if (text.length > limit) {
      await reader.cancel();
      return undefined;
    }
  }
  return text;
}
