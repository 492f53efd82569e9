import type { Secret } from "../../foundation/secret.ts";

/** Temporary security credentials, as STS gives them. */
export interface Credentials {
  readonly accessKeyId: Secret;
  readonly secretAccessKey: Secret;
  readonly sessionToken: Secret;
  readonly expiration: Date;
}

/** Every value that makes up the credentials, for masking. */
export function secretsOf(credentials: Credentials): readonly Secret[] {
  return [credentials.accessKeyId, credentials.secretAccessKey, credentials.sessionToken];
}
