import type { Environment } from "../foundation/ports.ts";
import { Secret } from "../foundation/secret.ts";
import { ID_TOKEN_VARIABLE } from "../gitlab/id-token.ts";

/** Variables of a job whose whole value is secret; any of them may also be in an input by mistake. */
const SECRET_VARIABLES: readonly string[] = [
  ID_TOKEN_VARIABLE,
  "CI_JOB_TOKEN",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
];

/** What must not be printed even if the run fails before reading it: tokens, keys and the passwords of proxies. */
export function knownSecrets(env: Environment): readonly Secret[] {
  const proxies = Object.keys(env).filter((name) => /^(?:https?|all)_proxy$/i.test(name));
  const values = [
    ...SECRET_VARIABLES.map((name) => env[name]),
    ...proxies.flatMap((name) => passwordForms(env[name])),
  ];
  return values.flatMap((value) =>
    value && !VARIABLE.test(value) ? [new Secret(value, "secret of the environment")] : [],
  );
}

/** A variable that was not expanded, whose name is shown. */
const VARIABLE = /^\$\{?\w+\}?$/;

/** The password as written in the URL, which may lack its scheme, and as sent. */
function passwordForms(url = ""): readonly string[] {
  const password = url.match(/^(?:[a-z][a-z\d+.-]*:\/\/)?[^:]*:(.+)@/is)?.[1] ?? "";
  return [
    password,
    password.replaceAll(/%[0-9a-f]{2}/gi, (byte) => String.fromCharCode(Number.parseInt(byte.slice(1), 16))),
  ];
}
