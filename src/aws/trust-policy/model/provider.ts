/** Where a role lives. */
export interface RoleIdentity {
  readonly arn: string;
  readonly partition: string;
  readonly accountId: string;
}

/** An IAM OIDC provider's ARN taken apart. */
export interface ProviderArn {
  readonly partition: string;
  readonly accountId: string;
  /** The provider's URL without `https://`; it prefixes the provider's condition keys. */
  readonly url: string;
}

const PROVIDER_ARN = /^arn:([^:]*):iam::([^:]*):oidc-provider\/(.+)$/;

/**
 * What precedes the colon in an issuer's condition keys: the URL without scheme, with any path, exactly as in `iss`.
 */
export function issuerPrefix(issuer: string): string {
  return issuer.startsWith("https://") ? issuer.slice("https://".length) : issuer;
}

/** Builds the ARN of an issuer's IAM OIDC provider. IAM User Guide, "IAM identifiers". */
export function buildProviderArn(
  account: Pick<RoleIdentity, "partition" | "accountId">,
  issuer: string,
): string {
  return `arn:${account.partition}:iam::${account.accountId}:oidc-provider/${issuerPrefix(issuer)}`;
}

/** Takes the ARN of an OIDC provider apart; `undefined` for any other principal. */
export function parseProviderArn(arn: string): ProviderArn | undefined {
  const [, partition = "", accountId = "", url] = PROVIDER_ARN.exec(arn) ?? [];
  return url === undefined ? undefined : { partition, accountId, url };
}

/** A provider URL without scheme, trailing slashes and case: equal if they look the same at a glance. */
export function looseProviderUrl(url: string): string {
  return url
    .toLowerCase()
    .replace(/^https?:\/*/, "")
    .replace(/\/+$/, "");
}
