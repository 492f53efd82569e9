// biome-ignore-all lint/correctness/noUndeclaredDependencies: the SDK's own packages, in the versions that it brings along
import { SignatureV4 } from "@smithy/signature-v4";

/** In place of the choice between SigV4 and SigV4a: the latter needs a package that is not here, and STS does not ask for it. */
export class SignatureV4MultiRegion extends SignatureV4 {
  static sigv4aDependency(): "none" {
    return "none";
  }
}
