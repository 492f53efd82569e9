import { expect, it } from "vitest";
import { knownSecrets } from "../../../src/config/known-secrets.ts";
import { createRedactor } from "../../../src/output/redactor.ts";

function redactedBy(env: Readonly<Record<string, string>>, text: string): string {
  const redactor = createRedactor();
  redactor.add(...knownSecrets(env));
  return redactor.redact(text);
}

it.each([
  "GITLAB_OIDC_TOKEN",
  "CI_JOB_TOKEN",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
])("%s is a secret", (name) => {
  expect(redactedBy({ [name]: "Zx81yTqLmNwPbRvKsHdJ" }, "it is Zx81yTqLmNwPbRvKsHdJ")).toBe("it is [MASKED]");
});

it.each(["http_proxy", "HTTPS_PROXY", "All_Proxy"])(
  "the password in %s is one, as it stands there and as it is sent",
  (name) => {
    const env = { [name]: "http://runner:p%40ssword-of-the-proxy@proxy.example.com:3128" };
    expect(redactedBy(env, "p%40ssword-of-the-proxy, p@ssword-of-the-proxy, proxy.example.com")).toBe(
      "[MASKED], [MASKED], proxy.example.com",
    );
  },
);

it.each(["$GITLAB_OIDC_TOKEN", "$" + "{GITLAB_OIDC_TOKEN}"])(
  "the name of a variable that nobody expanded is none: %s",
  (token) => {
    const text = "Remove GITLAB_OIDC_TOKEN from variables";
    expect(redactedBy({ GITLAB_OIDC_TOKEN: token }, text)).toBe(text);
  },
);
