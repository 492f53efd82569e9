/**
 * Which texts STS uses for a token that it refuses: in 2026 one generic sentence replaced "No OpenIDConnect provider
 * found" and "Incorrect token audience", and refused role chaining gained its "because" part.
 */
export type ErrorTexts = "2026" | "older";

/** An answer of STS that refuses the request. */
export class ServiceError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function accessDenied(message: string): ServiceError {
  return new ServiceError(403, "AccessDenied", message);
}

export function invalidIdentityToken(message: string): ServiceError {
  return new ServiceError(400, "InvalidIdentityToken", message);
}

export function validationError(message: string): ServiceError {
  return new ServiceError(400, "ValidationError", message);
}

export function invalidParameterValue(message: string): ServiceError {
  return new ServiceError(400, "InvalidParameterValue", message);
}

export function malformedPolicyDocument(message: string): ServiceError {
  return new ServiceError(400, "MalformedPolicyDocument", message);
}

export function signatureDoesNotMatch(message: string): ServiceError {
  return new ServiceError(403, "SignatureDoesNotMatch", message);
}

export function invalidClientTokenId(): ServiceError {
  return new ServiceError(
    403,
    "InvalidClientTokenId",
    "The security token included in the request is invalid.",
  );
}

export function regionDisabled(accountId: string): ServiceError {
  return new ServiceError(
    403,
    "RegionDisabledException",
    `STS is not activated in this region for account:${accountId}. ` +
      "Your account administrator can activate STS in this region using the IAM Console.",
  );
}

export function throttling(): ServiceError {
  return new ServiceError(400, "Throttling", "Rate exceeded");
}

/** Two spaces stand before "please" in the service's own text. */
export function verificationKeyUnavailable(): ServiceError {
  return invalidIdentityToken(
    "Couldn't retrieve verification key from your identity provider,  please reference " +
      "AssumeRoleWithWebIdentity documentation for requirements",
  );
}

const GENERIC_TOKEN_REFUSAL =
  "The web identity token provided could not be validated. " +
  "See the AssumeRoleWithWebIdentity documentation for requirements.";

export function noProvider(iss: string, texts: ErrorTexts): ServiceError {
  return invalidIdentityToken(
    texts === "2026" ? GENERIC_TOKEN_REFUSAL : `No OpenIDConnect provider found in your account for ${iss}`,
  );
}

export function wrongAudience(texts: ErrorTexts): ServiceError {
  return invalidIdentityToken(texts === "2026" ? GENERIC_TOKEN_REFUSAL : "Incorrect token audience");
}
