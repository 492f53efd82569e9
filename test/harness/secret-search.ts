/** Shorter pieces stand in ordinary text too. */
const MIN_PIECE_LENGTH = 12;

/**
 * Looks for secrets in what a program printed: as they are, URL-encoded, in base64 at any offset, and part by part for a
 * JSON Web Token. Answers with what was found and where, never with the secret itself.
 */
export function findSecrets(output: string, secrets: readonly string[]): readonly string[] {
  const flat = output.replaceAll(/\s/g, "");
  return secrets.flatMap((secret, index) =>
    forms(secret)
      .filter(({ text }) => output.includes(text) || flat.includes(text))
      .map(({ form, text }) => `secret ${index + 1} ${form}, at character ${output.indexOf(text)}`),
  );
}

function forms(secret: string): readonly { readonly form: string; readonly text: string }[] {
  const parts = [...new Set([secret, ...secret.split(".")])];
  return parts
    .flatMap((part) => [
      { form: "as it is", text: part },
      { form: "URL-encoded", text: encodeURIComponent(part) },
      ...[0, 1, 2].map((offset) => ({
        form: `in base64 at offset ${offset}`,
        text: base64Core(part, offset),
      })),
    ])
    .filter(({ text }) => text.length >= MIN_PIECE_LENGTH);
}

/** The characters of the base64 that depend on the text alone, wherever it stands in something longer. */
function base64Core(text: string, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)])
    .toString("base64")
    .replace(/=+$/, "");
  return encoded.slice(offset === 0 ? 0 : 4, encoded.length - 2);
}
