import { X509Certificate } from "node:crypto";
import { AwsOidcError } from "../foundation/errors.ts";
import { platformCode } from "../foundation/platform-message.ts";
import type { Environment } from "../foundation/ports.ts";
import { quotePath } from "../foundation/quote.ts";
import { readRegularFile } from "./files.ts";

/**
 * The authorities to trust instead of all others, from `AWS_CA_BUNDLE` as in the AWS CLI; none if it is not set. Node
 * itself reads those of `NODE_EXTRA_CA_CERTS`.
 *
 * @throws {AwsOidcError} `CONFIG_INVALID` for a file that cannot be used
 */
export function readCertificateBundle(env: Environment): { readonly ca?: string } {
  const path = env.AWS_CA_BUNDLE;
  if (!path) return {};
  const ca = readBundle(path);
  try {
    new X509Certificate(ca);
  } catch (error) {
    throw unusableBundle(path, "contains no certificate in PEM form", error);
  }
  return { ca };
}

/** All browsers' authorities together have a quarter of a megabyte. */
const MAX_BUNDLE_BYTES = 4_194_304;

function readBundle(path: string): string {
  try {
    return readRegularFile(path, MAX_BUNDLE_BYTES);
  } catch (error) {
    throw unusableBundle(path, `cannot be read (${platformCode(error)})`, error);
  }
}

function unusableBundle(path: string, reason: string, cause: unknown): AwsOidcError {
  return new AwsOidcError("CONFIG_INVALID", `AWS_CA_BUNDLE: ${quotePath(path)} ${reason}`, {
    hint: "Set AWS_CA_BUNDLE to a file with the certificates of your authorities (GitLab: a variable of type File), or remove it.",
    cause,
  });
}
