import { buildStsUrl } from "../aws/sts/sts-url.ts";
import type { AssumeRoleConfig } from "../config/assume-role-config.ts";
import type { Environment, FindWay } from "../foundation/ports.ts";
import { quotePath } from "../foundation/quote.ts";

/**
 * Names the variables that, in place of inputs, decide where the ID token goes and which server counts as STS: an
 * endpoint outside AWS, a proxy, additional certificate authorities. One line each.
 *
 * @throws {AwsOidcError} `CONFIG_INVALID` for a proxy that cannot be used
 */
export function detourNotes(
  { targets, foreignEndpointVariable }: AssumeRoleConfig["sts"],
  { env, findWay }: { readonly env: Environment; readonly findWay: FindWay },
): readonly string[] {
  const urls = targets.map(buildStsUrl);
  const way = urls.map(findWay).find(({ kind }) => kind === "proxy");
  return [
    ...(foreignEndpointVariable === undefined
      ? []
      : [`${foreignEndpointVariable}: the ID token is sent to ${urls[0]}, which is not AWS STS.`]),
    ...(way?.kind === "proxy"
      ? [`${way.variable}: STS is reached through the proxy ${way.url.origin}.`]
      : []),
    ...(urls.some((url) => url.startsWith("https:")) ? certificateNotes(env) : []),
  ];
}

function certificateNotes({
  AWS_CA_BUNDLE: bundle,
  NODE_EXTRA_CA_CERTS: extra,
}: Environment): readonly string[] {
  const consequence = "so a server with a certificate from them is accepted as STS.";
  if (bundle)
    return [`AWS_CA_BUNDLE: only the authorities in ${quotePath(bundle)} are trusted, ${consequence}`];
  return extra
    ? [
        `NODE_EXTRA_CA_CERTS: the authorities in ${quotePath(extra)} are trusted too (if Node can read the file), ${consequence}`,
      ]
    : [];
}
