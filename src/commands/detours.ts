import { buildStsUrl } from "../aws/sts/sts-url.ts";
import type { AssumeRoleConfig } from "../config/assume-role-config.ts";
import type { Environment, FindWay } from "../foundation/ports.ts";
import { quotePath } from "../foundation/quote.ts";

/**
 * Tells which variables, rather than inputs, decide where the ID token goes and who is taken for STS: an endpoint that is
 * not of AWS, a proxy, certificates of further authorities. A line each.
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
      : [`${foreignEndpointVariable}: the ID token is sent to ${urls[0]}, which is not STS of AWS.`]),
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
  const consequence = "so that a server with a certificate of theirs passes for STS.";
  if (bundle)
    return [`AWS_CA_BUNDLE: only the authorities in ${quotePath(bundle)} are trusted, ${consequence}`];
  return extra
    ? [
        `NODE_EXTRA_CA_CERTS: the authorities in ${quotePath(extra)}, if Node can read it, are trusted too, ${consequence}`,
      ]
    : [];
}
