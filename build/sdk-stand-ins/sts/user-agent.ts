// biome-ignore-all lint/correctness/noUndeclaredDependencies: the SDK's own packages, in the versions that it brings along
import { platform, release } from "node:os";
import { env, versions } from "node:process";
import packageInfo from "@aws-sdk/client-sts/package.json" with { type: "json" };
import type { HeaderBag } from "@smithy/types";
import type { ClientConfig } from "./config.ts";

/** In place of the middleware for the user agent, which brings all partitions along for a prefix that nobody sets. */
export function buildUserAgent({ endpoint, userAgentAppId }: ClientConfig, isSigned: boolean): HeaderBag {
  const { version } = packageInfo;
  const sdk = `aws-sdk-js/${version}`;
  const execution = env.AWS_EXECUTION_ENV;
  const sections = [
    sdk,
    "ua/2.1",
    `os/${platform()}#${escapeValue(release())}`,
    "lang/js",
    `md/nodejs#${versions.node}`,
    `api/sts#${version}`,
    ...(execution ? [`exec-env/${execution.split("/").map(escapeName).join("/")}`] : []),
    // An endpoint by URL, retries of the standard mode, credentials that were given in code.
    `m/${endpoint === undefined ? "" : "N,"}E${isSigned ? ",e" : ""}`,
    ...(userAgentAppId ? [`app/${escapeValue(userAgentAppId)}`] : []),
  ];
  return { "x-amz-user-agent": sdk, "user-agent": sections.join(" ") };
}

function escapeName(text: string): string {
  return text.replace(/[^!$%&'*+\-.^_`|~\w]/g, "-");
}

function escapeValue(text: string): string {
  return text.replace(/[^!$%&'*+\-.^_`|~\w#]/g, "-");
}
