import { quoteForShell } from "../../foundation/quote.ts";
import { formatInstant } from "../../foundation/times.ts";
import { describeTarget } from "../sts/sts.ts";
import type { Situation } from "./context.ts";
import type { Template } from "./entry.ts";

interface Name {
  readonly read: (situation: Situation) => string | undefined;
  /** The placeholder while it is unknown; `<name>` unless given. */
  readonly placeholder?: string;
}

/** The names that texts of the catalogue can use. */
const NAMES: Readonly<Record<string, Name>> = {
  roleArn: { read: ({ role }) => role?.text, placeholder: "arn:aws:iam::<account>:role/<role>" },
  roleName: { read: ({ role }) => role?.name, placeholder: "<role>" },
  accountId: { read: ({ role }) => role?.accountId, placeholder: "<account>" },
  partition: { read: ({ role }) => role?.partition, placeholder: "aws" },
  iss: { read: ({ token }) => token?.iss, placeholder: "https://<host>" },
  host: { read: ({ token }) => token?.iss.replace(/^https?:\/\//, ""), placeholder: "<host>" },
  domain: { read: ({ token }) => token?.iss.match(/^https?:\/\/([^/:]+)/)?.[1], placeholder: "<host>" },
  aud: { read: ({ token }) => token?.aud, placeholder: "<audience>" },
  sub: { read: ({ token }) => token?.sub, placeholder: "<sub>" },
  project: { read: (situation) => claim(situation, "project_path"), placeholder: "<group>/<project>" },
  ref: { read: describeRef, placeholder: "one that it does not name" },
  issuedAt: { read: ({ token }) => instant(token?.issuedAt) },
  expiresAt: { read: ({ token }) => instant(token?.expiresAt) },
  now: { read: ({ now }) => instant(now) },
  durationSeconds: { read: ({ durationSeconds }) => durationSeconds?.toString(), placeholder: "<seconds>" },
  sessionName: { read: ({ sessionName }) => sessionName, placeholder: "<name>" },
  proxyVariable: { read: ({ proxyVariable }) => proxyVariable, placeholder: "HTTPS_PROXY" },
  unusedProxyVariable: { read: ({ unusedProxy }) => unusedProxy?.variable, placeholder: "HTTP_PROXY" },
  noProxyVariable: { read: ({ unusedProxy }) => unusedProxy?.exemptBy, placeholder: "NO_PROXY" },
  certificateVariable: {
    read: ({ certificateVariable }) => certificateVariable,
    placeholder: "NODE_EXTRA_CA_CERTS",
  },
  target: { read: ({ error, issuerPage }) => issuerPage ?? describeTarget(error.target), placeholder: "STS" },
  action: { read: ({ error }) => error.action },
  code: { read: ({ error }) => ("code" in error.fault ? error.fault.code : undefined) },
  message: { read: ({ error }) => error.message },
  httpStatus: {
    read: ({ error }) => ("httpStatus" in error.fault ? error.fault.httpStatus?.toString() : undefined),
    placeholder: "<HTTP status>",
  },
  answered: {
    read: ({ error: { fault } }) =>
      fault.kind === "reply"
        ? fault.httpStatus === undefined
          ? "not HTTP"
          : `HTTP ${fault.httpStatus}`
        : undefined,
    placeholder: "HTTP <status>",
  },
};

/** Fills in a text. What is unknown, or given no situation, stays as its placeholder. */
export function fillTemplate(
  template: Template,
  situation: Situation | undefined,
  groups: Readonly<Record<string, string | undefined>> = {},
): string {
  return template.replaceAll(/\{([$']?)(\w+)\}/g, (_, form: string, key: string) => {
    const name = NAMES[key];
    const value = groups[key] ?? (situation && name?.read(situation));
    const shown = value ?? name?.placeholder ?? `<${key}>`;
    if (form === "'") return quoteForShell(JSON.stringify(shown)).slice(1, -1);
    return form === "" || value === undefined ? shown : quoteForShell(shown);
  });
}

/** The names that a text may contain, without those of an entry's own pattern. */
export const TEMPLATE_NAMES: readonly string[] = Object.keys(NAMES);

function claim({ token }: Situation, name: string): string | undefined {
  const value = token?.claims[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function describeRef(situation: Situation): string | undefined {
  const ref = claim(situation, "ref");
  return ref === undefined ? undefined : `${claim(situation, "ref_type") ?? "ref"} ${ref}`;
}

function instant(date: Date | undefined): string | undefined {
  return date && formatInstant(date);
}
