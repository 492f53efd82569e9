import { describe, expect, it } from "vitest";
import { applyPatch } from "../../../harness/apply-patch.ts";
import { runInMemory } from "../../../harness/run-in-memory.ts";

const TOKEN = "  id_tokens: { GITLAB_OIDC_TOKEN: { aud: $CI_SERVER_URL } }\n";
const EXCHANGE =
  "export $(printf 'AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_SESSION_TOKEN=%s' " +
  "$(aws sts assume-role-with-web-identity --role-arn $ROLE_ARN --role-session-name ci --web-identity-token $GITLAB_OIDC_TOKEN " +
  "--query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text))";
const JOB = `deploy:\n${TOKEN}  script:\n    - ${EXCHANGE}\n    - aws s3 ls\n`;
const JOB_AFTER = "deploy:\n  extends: .aws_web_identity\n  script:\n    - aws s3 ls\n";
const ELEMENT =
  "  - component: $CI_SERVER_FQDN/<group>/aws-oidc/web-identity@1\n    inputs:\n      role-arn: $ROLE_ARN\n      session-name: ci\n";

function migrate(text: string, ...argv: readonly string[]) {
  return runInMemory({ argv: ["migrate", ...argv], files: { ".gitlab-ci.yml": text } });
}

async function patched(text: string): Promise<string> {
  const { stdout, stderr } = await migrate(text);
  if (stdout === "") throw new Error(stderr);
  return applyPatch(text, stdout);
}

describe("keys and roles that would be lost or mixed up", () => {
  const get = (role: string) =>
    `aws sts assume-role-with-web-identity --role-arn ${role} --role-session-name ci --web-identity-token $GITLAB_OIDC_TOKEN`;
  const job = (...script: readonly string[]) =>
    `deploy:\n${TOKEN}  script:\n${script.map((line) => `    - ${line}\n`).join("")}`;

  it.each([
    [
      "keys under another name, exported later",
      [
        `CREDS="$(${get("$ROLE_ARN")})"`,
        'TF_VAR_secret_key=$(echo "$CREDS" | jq -r .Credentials.SecretAccessKey)',
        "export TF_VAR_secret_key",
        "terraform apply",
      ],
      "programs may read TF_VAR_secret_key",
    ],
    [
      "two profiles, one after the other",
      [
        "aws configure set role_arn $A --profile a",
        "aws configure set web_identity_token_file ./token --profile a",
        "aws configure set role_arn $B --profile b",
        "aws configure set web_identity_token_file ./token --profile b",
        'echo "$GITLAB_OIDC_TOKEN" > ./token',
        "export AWS_PROFILE=a",
        "aws s3 ls",
        "export AWS_PROFILE=b",
        "aws s3 ls",
      ],
      "from here on the commands use the profile b, and those before it a",
    ],
  ])("are left: %s", async (_, script, said) => {
    const { stdout, stderr, exitCode } = await migrate(job(...script));
    expect(stderr).toContain(said);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
  });

  it("keeps an input that stands in single quotes", async () => {
    const text = job(
      `export $(printf 'AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_SESSION_TOKEN=%s' $(${get("'$[[ inputs.role ]]'")} --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text))`,
      "aws s3 ls",
    );
    expect(await patched(`spec:\n  inputs: { role: {} }\n---\n${text}`)).toContain("$[[ inputs.role ]]");
    expect(await patched(`spec:\n  inputs: { role: {} }\n---\n${text}`)).not.toContain("$$[[");
  });

  it("takes a profile for a text, not for a pattern", async () => {
    const { stderr } = await migrate(
      job("aws configure set source_profile 'a(b' --profile deploy", EXCHANGE),
    );
    expect(stderr).not.toContain("This is a bug");
  });
});

describe("the path of the file", () => {
  it.each([".gitlab-ci.yml", "./.gitlab-ci.yml", "/project/.gitlab-ci.yml"])(
    "is in the patch as `git apply` takes it: %s",
    async (path) => {
      const { stdout } = await migrate(JOB, path);
      expect(stdout).toMatch(/^--- a\/\.gitlab-ci\.yml\n\+\+\+ b\/\.gitlab-ci\.yml\n/);
    },
  );

  it.each(["../other/.gitlab-ci.yml", "/other/.gitlab-ci.yml"])(
    "is refused where no patch would apply: %s",
    async (path) => {
      const { stdout, stderr, exitCode } = await migrate(JOB, path);
      expect(stderr).toContain(`${path}: a file outside this folder`);
      expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    },
  );
});

describe("the file as text", () => {
  it("keeps CRLF", async () => {
    const crlf = (text: string) => text.replaceAll("\n", "\r\n");
    expect(await patched(crlf(JOB))).toBe(crlf(`include:\n${ELEMENT}\n${JOB_AFTER}`));
  });

  it("keeps a byte order mark, at the beginning", async () => {
    expect(await patched(`\ufeff${JOB}`)).toBe(`\ufeffinclude:\n${ELEMENT}\n${JOB_AFTER}`);
  });

  it("keeps the lack of a line break at the end", async () => {
    expect(await patched(JOB.trimEnd())).toBe(`include:\n${ELEMENT}\n${JOB_AFTER}`.trimEnd());
    const atEnd = `deploy:\n${TOKEN}  before_script:\n    - ${EXCHANGE}\n  script: aws s3 ls\ninclude:\n  - local: a.yml`;
    expect(await patched(atEnd)).toBe(
      `deploy:\n  extends: .aws_web_identity\n  script: aws s3 ls\ninclude:\n  - local: a.yml\n${ELEMENT}`.trimEnd(),
    );
  });

  it("keeps tabs, trailing blanks and odd indentation", async () => {
    const text = `# top\n\nother:   # why\n      script:\n      -   make\t\n\n\n${JOB}`;
    expect(await patched(text)).toBe(
      `# top\n\ninclude:\n${ELEMENT}\nother:   # why\n      script:\n      -   make\t\n\n\n${JOB_AFTER}`,
    );
  });

  it("changes the last of two jobs with one name, which is the one that GitLab takes", async () => {
    const text = `deploy:\n  script: [make]\n\n${JOB}`;
    expect(await patched(text)).toContain(`deploy:\n  script: [make]\n\n${JOB_AFTER}`);
  });

  it("reads the pipeline behind a header with inputs", async () => {
    const header = "spec:\n  inputs:\n    stage: { default: deploy }\n---\n";
    expect(await patched(header + JOB)).toBe(`${header}include:\n${ELEMENT}\n${JOB_AFTER}`);
  });
});

describe("include", () => {
  it.each([
    ["no include, behind a comment of its own", "# why\n", `# why\ninclude:\n${ELEMENT}\n`],
    ["one text", "include: a.yml\n", `include:\n  - a.yml\n${ELEMENT}`],
    [
      "one map",
      "include:\n  project: acme/ci\n  file: a.yml\n",
      `include:\n  - project: acme/ci\n    file: a.yml\n${ELEMENT}`,
    ],
    [
      "a list",
      "include:\n- local: a.yml\n\n# then\n",
      `include:\n- local: a.yml\n${ELEMENT.replaceAll(/^ {2}/gm, "")}\n# then\n`,
    ],
  ])("%s", async (_, head, expected) => {
    expect(await patched(head + JOB)).toBe(expected + JOB_AFTER);
  });

  it("adds to a list on one line", async () => {
    const { stdout } = await migrate(`include: [a.yml]\n${JOB}`);
    expect(await applyPatch(`include: [a.yml]\n${JOB}`, stdout)).toBe(
      'include: [\n  a.yml,\n  { component: "$CI_SERVER_FQDN/<group>/aws-oidc/web-identity@1", inputs: { role-arn: "$ROLE_ARN", session-name: "ci" } },\n]\n' +
        JOB_AFTER,
    );
  });

  it("puts the group that is given in the place of <group>", async () => {
    const { stdout, stderr } = await migrate(JOB, "--component-group", "acme/tools");
    expect(stdout).toContain("+  - component: $CI_SERVER_FQDN/acme/tools/aws-oidc/web-identity@1\n");
    expect(stderr).not.toContain("<group>");
  });
});

describe("extends", () => {
  it.each([
    ["one name", "  extends: .base\n", "  extends: [.aws_web_identity, .base]\n"],
    ["a list on one line", "  extends: [.base, .more]\n", "  extends: [.aws_web_identity, .base, .more]\n"],
    ["a list", "  extends:\n    - .base\n", "  extends:\n    - .aws_web_identity\n    - .base\n"],
  ])("adds to %s, and lets what was there win", async (_, before, after) => {
    const base = ".base: { stage: deploy }\n.more: { stage: deploy }\n";
    const text = `${base}deploy:\n${before}${TOKEN}  script:\n    - ${EXCHANGE}\n    - aws s3 ls\n`;
    expect(await patched(text)).toContain(`deploy:\n${after}  script:\n    - aws s3 ls\n`);
  });
});

describe("what is not understood", () => {
  it.each([
    [
      "a token that no id_tokens gives",
      JOB.replace(TOKEN, ""),
      ["line 3:", "no `id_tokens` of this file gives the ID token $GITLAB_OIDC_TOKEN"],
    ],
    [
      "two audiences",
      JOB.replace("aud: $CI_SERVER_URL", "aud: [a, b]"),
      ["line 1:", "has more than one `aud`"],
    ],
    [
      "a quote that is missing",
      JOB.replace("--output text))", "--output 'text))"),
      ["line 4:", "a shell would not read this command"],
    ],
    [
      "another use of the answer",
      JOB.replace(
        EXCHANGE,
        `OUT=$(${EXCHANGE.slice(EXCHANGE.indexOf("aws sts"), -2)})\n    - curl -d "$OUT" https://example.com`,
      ),
      ["line 5:", "`curl` uses $OUT, which the exchange makes"],
    ],
    [
      "a role from a command",
      JOB.replace("$ROLE_ARN", "$(cat role.txt)"),
      ["line 4:", "the role is the output of a command"],
    ],
    [
      "two roles, one after the other",
      JOB.replace("    - aws s3 ls", `    - ${EXCHANGE.replace("$ROLE_ARN", "$OTHER")}`),
      ["line 5:", "this job changes from one role to another"],
    ],
    [
      "a second role without a first",
      JOB.replace(/assume-role-with-web-identity|--web-identity-token \S+/g, (text) =>
        text.startsWith("--") ? "" : "assume-role",
      ),
      ["line 4:", "assumed with credentials from elsewhere"],
    ],
    [
      "keys for old commands",
      JOB.replace("    - aws s3 ls", "    - pip install awscli\n    - echo $AWS_SECRET_ACCESS_KEY"),
      ["line 6:", "version 1 of the AWS CLI"],
    ],
    [
      "a script on one line",
      `deploy:\n${TOKEN}  script: ["${EXCHANGE.replaceAll('"', '\\"')}", aws s3 ls]\n`,
      ["line 1:", "has no place for a reference"],
    ],
    [
      "a key that is there twice",
      JOB.replace("  script:", "  script: [make]\n  script:"),
      ["line 4:", "`script` is there for the second time"],
    ],
    [
      "a job with a report that is there twice",
      `deploy: { script: make }\n${JOB.replace("    - aws s3 ls\n", "")}    - echo "AWS_ACCESS_KEY_ID=$AWS_ACCESS_KEY_ID" > a.env\n  artifacts: { reports: { dotenv: a.env } }\n`,
      ["line 2:", "two jobs have this name"],
    ],
    [
      "a script anchor of which something stays",
      `.x: &x |\n  ${EXCHANGE}\n  make\ndeploy:\n${TOKEN}  script:\n    - *x\n`,
      ["line 1:", "no place for a reference"],
    ],
    [
      "a job in braces",
      JOB.replace(
        /^deploy:[\s\S]*$/,
        `deploy: { id_tokens: { GITLAB_OIDC_TOKEN: { aud: x } }, script: "${EXCHANGE}" }\n`,
      ),
      ["line 1:", "deploy"],
    ],
    [
      "an exchange in after_script",
      `${JOB}  after_script:\n    - ${EXCHANGE}\n`,
      ["line 6:", "`after_script` runs in a separate shell"],
    ],
  ])("%s", async (_, text, expected) => {
    const run = await migrate(text);
    expect(run.exitCode).toBe(1);
    const told = run.stderr.replaceAll(/\s+/g, " ");
    for (const part of expected) expect(told).toContain(part);
  });

  it("does not stop what is understood elsewhere", async () => {
    const text = `${JOB}\nother:\n${TOKEN}  script:\n    - if true; then ${EXCHANGE}; fi\n`;
    const run = await migrate(text);
    expect(run).toMatchObject({ exitCode: 1 });
    const after = await applyPatch(text, run.stdout);
    expect(after).toContain(JOB_AFTER);
    expect(after).toContain(`other:\n${TOKEN}  script:\n    - if true`);
  });

  it.each([
    ["bad YAML", "deploy:\n  script: [a\nother: b\n", /^ {2}\.gitlab-ci\.yml, line \d: /m],
    ["no map", "- a\n", /line 1: The file is not a map of jobs/],
    ["nothing", "# empty\n", /line 1: The file is empty/],
  ])("says where the file is wrong: %s", async (_, text, expected) => {
    const run = await migrate(text);
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toMatch(expected);
  });

  it("says that there is no file", async () => {
    const run = await runInMemory({ argv: ["migrate", "ci/none.yml"] });
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toContain("ci/none.yml: cannot be read (ENOENT)");
  });

  it("tells every wrong flag", async () => {
    const run = await migrate(
      JOB,
      "--component-group",
      "https://x",
      "--role-arn=role/deploy",
      "one.yml",
      "two.yml",
      "--apply",
    );
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    for (const flag of ["--component-group: ", "--role-arn: ", "--apply: ", "file: "])
      expect(run.stderr).toContain(`  ${flag}`);
  });
});

describe("secrets in the file", () => {
  const KEY = "AKIAQ3EXAMPLEQ3EXAMP";
  const SECRET = "9drTJvcXLB89EXAMPLELB8923FB892xMFI+aBcD12";

  it("never shows one: not as a line that goes, and not around a change", async () => {
    const text = `variables:\n  A: b\n  AWS_ACCESS_KEY_ID: ${KEY}\n  AWS_SECRET_ACCESS_KEY: ${SECRET}\n  C: d\n\nlist:\n  stage: test\n  script: aws s3 ls\n`;
    const run = await migrate(text);
    expect(run.exitCode).toBe(1);
    expect(run.stdout + run.stderr).not.toMatch(new RegExp(`${KEY}|${SECRET.replace("+", "\\+")}`));
    expect(run.stderr).toMatch(
      /line 3: .*AWS_ACCESS_KEY_ID is in the file itself[\s\S]*line 4: .*AWS_SECRET_ACCESS_KEY/,
    );
    const after = await applyPatch(text, run.stdout);
    expect(after).toContain(`  AWS_SECRET_ACCESS_KEY: ${SECRET}\n  C: d\n`);
    expect(after).toContain("list:\n  extends: .aws_web_identity\n");
  });

  it("prints no patch where a change stands beside one", async () => {
    const text = JOB.replace("    - aws s3 ls", `    - export DB_PASSWORD=${SECRET}\n    - aws s3 ls`);
    const run = await migrate(text);
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain("has a secret in line 5, beside a change");
    expect(run.stderr).not.toContain(SECRET);
  });

  it.each([
    "API_TOKEN: s.hunter2hunter2",
    "DB_PASS: hunter2hunter2",
    "NPM: npm_hunter2hunter2hunter2",
    "RUNNER: glrt-hunter2hunter2hunter2",
    "HOOK: https://hooks.slack.com/services/T000/B000/hunter2",
    "DATABASE_URL: postgres://user:hunter2pw@db/x",
    "JWT: eyJhbGciOiJIUzI1NiJ9.hunter2hunter2",
    "LOGIN: docker login -u x -p hunter2hunter2",
    "CURL: curl -u admin:hunter2hunter2 https://example.com",
    "DUMP: mysqldump --password hunter2hunter2",
    "HEADER: 'Authorization: Bearer hunter2hunter2'",
    "AND_A_KEY: |\n      MIIEpAIBAAKCAQEAhunter2VS5JJcds3xfnygWyF0Qmb2Iq2m2m2m2m2m2m2m2m2",
  ])("does not show what stands near a change: %s", async (line) => {
    const text = JOB.replace("  script:", `  variables:\n    A: b\n    ${line}\n  retry: 1\n  script:`);
    const { stdout, stderr } = await migrate(text);
    expect(stdout + stderr).not.toContain("hunter2");
    expect(await applyPatch(text, stdout)).toContain("extends: .aws_web_identity");
  });

  it.each(["a: |hunter2", 'a: "b" hunter2', "a: b: hunter2"])(
    "does not quote the file where it is not YAML: %s",
    async (text) => {
      const run = await migrate(text);
      expect(run.exitCode).toBe(2);
      expect(run.stderr).toContain(".gitlab-ci.yml, line 1: ");
      expect(run.stderr).not.toContain("hunter2");
    },
  );

  it("does not quote words of a command that are no options", async () => {
    const { stderr } = await migrate(
      JOB.replace("--role-session-name ci", "hunter2 x --role-session-name ci"),
    );
    expect(stderr).toContain("this command gives STS a word that is no option");
    expect(stderr).not.toContain("hunter2");
  });

  it("does not take keys in a command for something to replace silently", async () => {
    const run = await migrate(
      `list:\n  script:\n    - aws configure set aws_access_key_id ${KEY}\n    - aws configure set aws_secret_access_key ${SECRET}\n    - aws s3 ls\n`,
    );
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toMatch(/line [34]: list: keys are in this command/);
  });
});

describe("what is told besides", () => {
  it.each([
    [
      "another use of a file of the recipe",
      JOB.replace(
        EXCHANGE,
        `${EXCHANGE.slice(EXCHANGE.indexOf("aws sts"), -2)} > creds.txt\n    - vault write aws @creds.txt`,
      ),
      "line 5: deploy: `vault` uses creds.txt",
    ],
    [
      "stored keys besides the exchange",
      JOB.replace("    - aws s3 ls", "    - export AWS_ACCESS_KEY_ID=$KEY AWS_SECRET_ACCESS_KEY=$SECRET"),
      "line 5: deploy: this job uses stored keys besides the exchange",
    ],
    ["a variable that the file does not set", JOB, "set $ROLE_ARN, so it has to be in Settings"],
    [
      "files that the pipeline includes",
      `include: { local: /ci/more.yml }\n${JOB}`,
      "Run it for ci/more.yml too",
    ],
  ])("%s", async (_, text, told) => {
    const { stderr } = await migrate(text);
    expect(stderr.replaceAll(/\s+/g, " ")).toContain(told);
  });

  it("does not ask for a variable that the job or its matrix sets", async () => {
    const set = JOB.replace("deploy:\n", "deploy:\n  variables: { ROLE_ARN: x }\n");
    const matrix = JOB.replace("deploy:\n", "deploy:\n  parallel:\n    matrix:\n      - ROLE_ARN: [x]\n");
    for (const text of [set, matrix])
      expect((await migrate(text)).stderr).not.toContain("so it has to be in");
  });
});

it("takes a dotenv report without credentials for any other file", async () => {
  const text = `${JOB}    - echo "VERSION=1" > build.env\n  artifacts: { reports: { dotenv: build.env } }\n`;
  const after = await patched(text);
  expect(after).toContain('    - echo "VERSION=1" > build.env\n');
  expect(after).toContain("/web-identity@1");
});

it("gives keys in the file's variables a role only where no job has one already", async () => {
  const keys =
    "variables:\n  AWS_ACCESS_KEY_ID: $K\n  AWS_SECRET_ACCESS_KEY: $S\n\nlist:\n  script: aws s3 ls\n\n";
  const after = await patched(keys + JOB);
  expect(after).toMatch(/deploy:\n {2}extends: \.deploy_role\n/);
  expect(after).toMatch(/list:\n {2}extends: \.list_role\n/);
  expect(after).not.toContain("AWS_ACCESS_KEY_ID");
});

describe("stored keys", () => {
  const TEXT =
    "list:\n  variables:\n    AWS_ACCESS_KEY_ID: $AWS_ACCESS_KEY_ID\n    AWS_SECRET_ACCESS_KEY: $AWS_SECRET_ACCESS_KEY\n  script: aws s3 ls\n";

  it("asks for the role, and says what to make and what to delete", async () => {
    const { stdout, stderr } = await migrate(TEXT, "--role-arn", "arn:aws:iam::123456789012:role/list");
    expect(stdout).toContain("+      role-arn: arn:aws:iam::123456789012:role/list\n");
    expect(stderr).toContain(
      "node aws-oidc.cjs trust-policy --project <path> --branch <name> --format cloudformation",
    );
    expect(stderr.replaceAll(/\s+/g, " ")).toContain(
      "delete AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY in Settings > CI/CD > Variables, and switch the keys off in IAM.",
    );
  });

  it("asks only for roles that replace keys, not for those that an exchange has", async () => {
    const keys = (prefix: string) =>
      `${prefix.toLowerCase()}:\n  variables: { AWS_ACCESS_KEY_ID: $${prefix}_AWS_ACCESS_KEY_ID }\n  script: aws s3 ls\n`;
    const { stderr } = await migrate(`${JOB}${keys("TEST")}${keys("PROD")}`);
    expect(stderr).toContain("Create the roles, unless that is done");
    expect(stderr).toContain("Put each ARN into the CI/CD variables TEST_AWS_ROLE_ARN, PROD_AWS_ROLE_ARN.");
  });

  it("adds to needs where a command names the keys", async () => {
    const text = TEXT.replace(
      "  script: aws s3 ls",
      '  needs: [build]\n  script: serverless --key "$AWS_ACCESS_KEY_ID"',
    );
    expect(await patched(text)).toContain("list:\n  needs: [assume-role, build]\n  script:");
  });
});

it("reads a file whose jobs are indented", async () => {
  const indent = (text: string) => text.replaceAll(/^(?=.)/gm, "  ");
  expect(await patched(indent(JOB))).toBe(indent(`include:\n${ELEMENT}\n${JOB_AFTER}`));
});

it("leaves a command that no shell would finish reading", async () => {
  const { exitCode, stderr } = await migrate(
    JOB.replace("- export $(", `- echo ${"$(".repeat(9999)}assume-role${")".repeat(9999)}\n    - export $(`),
  );
  expect(exitCode).toBe(1);
  expect(stderr).toContain("line 4: deploy: a shell would not read this command");
});

describe("what a change must not take from a job", () => {
  it.each([
    [
      "a step without credentials",
      "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN\n    - ./others.sh",
      5,
    ],
    ["the same by a file", "rm -f ~/.aws/credentials\n    - ./others.sh", 5],
  ])("leaves %s", async (_what, commands, line) => {
    const { exitCode, stdout, stderr } = await migrate(
      `${JOB.replace("    - aws s3 ls\n", "")}    - ${commands}\n`,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain(`line ${line}: deploy: this takes the credentials away`);
  });

  it("takes a clean-up out that nothing follows", async () => {
    const before = `${JOB}    - unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN\n    - echo done\n`;
    expect(await patched(before)).toContain("    - aws s3 ls\n    - echo done\n");
  });

  it("leaves secrets that take the only ID token without naming it", async () => {
    const secrets = "  secrets:\n    DB: { vault: production/db/password@ops }\n  script:";
    const { stdout, stderr } = await migrate(JOB.replace("  script:", secrets));
    expect(stdout).toBe("");
    expect(stderr).toMatch(/line 4: deploy: `secrets` take the only[\s\S]*Add token: \$GITLAB_OIDC_TOKEN/);
    const named = secrets.replace("@ops", "@ops, token: $GITLAB_OIDC_TOKEN");
    expect(await patched(JOB.replace("  script:", named))).toContain(TOKEN);
  });

  it("says so where keys go and such secrets stay", async () => {
    const vault =
      "  id_tokens: { VAULT: { aud: v } }\n  secrets: { DB: { vault: production/db/password@ops } }\n";
    const { stdout, stderr } = await migrate(
      `list:\n  variables: { AWS_ACCESS_KEY_ID: $KEY, AWS_SECRET_ACCESS_KEY: $SECRET }\n${vault}  script: aws s3 ls\n`,
    );
    expect(stdout).toContain("+  extends: .aws_web_identity\n");
    expect(stderr).toContain(
      "! The `secrets` of list name no `token`, and the hidden job brings a second ID token",
    );
  });

  it("says so where an included file may use the ID token that goes", async () => {
    const hidden = `include: /b.yml\n${JOB.replace("deploy:", ".deploy:")}`;
    const { stderr } = await migrate(hidden);
    expect(stderr).toContain("! .deploy no longer has $GITLAB_OIDC_TOKEN: a job in an included file");
    expect((await migrate(hidden.replace(/^.*\n/, ""))).stderr).not.toContain("no longer has");
  });

  it("leaves an ID token to programs that take it by its name", async () => {
    const after = await patched(`${JOB}    - vault-login --token-env GITLAB_OIDC_TOKEN\n`);
    expect(after).toContain(`deploy:\n  extends: .aws_web_identity\n${TOKEN}`);
  });

  it.each([
    ['    - echo "$PASSWORD" | docker login --password-stdin example.com\n', "also runs `echo`"],
    ["    - cat a.json > b.json\n", "also runs `cat`"],
    ['    - echo "$(./deploy.sh)"\n', "also runs `echo`"],
    ["  after_script: [./notify.sh]\n", "also has an `after_script`"],
  ])("does not replace a job with a report that does more: %s", async (more, found) => {
    const report = "    - echo AWS_ACCESS_KEY_ID=$AWS_ACCESS_KEY_ID > a.env\n";
    const artifacts = "  artifacts: { reports: { dotenv: a.env } }\n";
    const job = JOB.replace("    - aws s3 ls\n", report);
    expect((await migrate(job + artifacts)).stdout).toContain("+      job-name: deploy\n");
    const { stdout, stderr } = await migrate(job + more + artifacts);
    expect(stdout).toBe("");
    expect(stderr.replaceAll(/\s+/g, " ")).toContain(found);
  });
});

it("leaves an ID token alone that something else uses", async () => {
  const text = JOB.replace("    - aws s3 ls", "    - vault login $GITLAB_OIDC_TOKEN").replace(
    TOKEN,
    "  id_tokens:\n    GITLAB_OIDC_TOKEN:\n      aud: https://x.example.com\n    OTHER:\n      aud: y\n",
  );
  expect(await patched(text)).toContain(
    "    GITLAB_OIDC_TOKEN:\n      aud: https://x.example.com\n    OTHER:\n",
  );
  expect(await patched(text.replace("$GITLAB_OIDC_TOKEN\n", "$OTHER\n"))).toContain(
    "  id_tokens:\n    OTHER:\n      aud: y\n  script:",
  );
});

it("has a help that tells the exit codes", async () => {
  const { stdout } = await runInMemory({ argv: ["migrate", "--help"] });
  expect(stdout).toContain("1 something is left to do by hand");
  expect(stdout).toContain("migrate --component-group acme | git apply");
});

describe("a script that makes up parts of the exchange", () => {
  const ANSWER =
    "OUT=$(aws sts assume-role-with-web-identity --role-arn $ROLE --role-session-name NAME --web-identity-token $GITLAB_OIDC_TOKEN)";
  const USE = ["AccessKeyId", "SecretAccessKey", "SessionToken"].map(
    (key, index) =>
      `export ${["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"][index]}=$(echo "$OUT" | jq -r .Credentials.${key})`,
  );
  const job = (...lines: readonly string[]) =>
    `deploy:\n${TOKEN}  script:\n${lines.map((line) => `    - ${JSON.stringify(line)}\n`).join("")}`;

  it.each([
    "if [ $CI_COMMIT_BRANCH = main ]; then ROLE=$PRODUCTION; else ROLE=$STAGING; fi",
    "case $CI_COMMIT_BRANCH in main) export ROLE=$PRODUCTION ;; esac",
    "test $CI_COMMIT_BRANCH = main && ROLE=$PRODUCTION || ROLE=$STAGING",
  ])("leaves a role that a condition decides: %s", async (condition) => {
    const run = await migrate(job(condition, ANSWER.replace("NAME", "ci"), ...USE, "make deploy"));
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain("the script decides by a condition what $ROLE is");
  });

  it("takes what the script sets whatever the condition was", async () => {
    const text = job("if true; then ROLE=a; fi", "ROLE=$ROLE_ARN", ANSWER.replace("NAME", "ci"), ...USE);
    expect(await patched(text)).toContain("role-arn: $ROLE_ARN");
  });

  it.each(["$(date +%s)", "ci-`hostname`"])("names a session of %s after the job", async (name) => {
    expect(await patched(job(ANSWER.replace("NAME", name), ...USE, "make deploy"))).toContain("$CI_JOB_ID");
  });
});

it.each(["extends:", "extends: null"])("fills %s", async (empty) => {
  const text = `deploy:\n  ${empty}\n${TOKEN}  script:\n    - ${EXCHANGE}\n    - aws s3 ls\n`;
  expect(await patched(text)).toMatch(/^ {2}extends: \.aws_web_identity$/m);
});

it.each([
  ["a job that extends the one with the reference", "variables: { ROLE_ARN: a }"],
  ["rules", "rules: [{ if: $CI_COMMIT_TAG, variables: { ROLE_ARN: a } }]"],
  ["a matrix", "parallel: { matrix: [{ ROLE_ARN: [a, b] }] }"],
])("finds the variable of the role in %s", async (_where, set) => {
  const hidden = `.assume:\n  script:\n    - ${EXCHANGE}\n.aws:\n${TOKEN}  before_script:\n    - !reference [.assume, script]\n`;
  const { stderr } = await migrate(`${hidden}deploy:\n  extends: .aws\n  script: make\n  ${set}\n`);
  expect(stderr).toContain("✔ The patch changes");
  expect(stderr).not.toContain("No `variables`");
});

it.each([
  'terraform init -backend-config="secret_key=$AWS_SECRET_ACCESS_KEY"',
  "AWS_ACCESS_KEY_ID=$ID AWS_SECRET_ACCESS_KEY=$KEY aws s3 ls",
  "docker run -e AWS_ACCESS_KEY_ID -e AWS_SECRET_ACCESS_KEY deployer",
])("names a command that takes keys from the settings: %s", async (command) => {
  const run = await migrate(`deploy:\n  script:\n    - make\n    - ${command}\n`);
  expect(run).toMatchObject({ exitCode: 1, stdout: "" });
  expect(run.stderr).toContain("line 4: deploy: this command uses keys that come from elsewhere");
});

it("does not ask where keys come from if another job gives them", async () => {
  const text =
    "keys:\n  script: make\n  artifacts: { reports: { dotenv: aws.env } }\ndeploy:\n  script: curl -u $AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\n";
  expect((await migrate(text)).stderr).toContain("Nothing to migrate");
});

it.each(["acme/ci", "acme/ci/aws-oidc"])("takes %s for where the components are", async (path) => {
  const { stdout } = await migrate(JOB, "--component-group", path);
  expect(stdout).toContain("+  - component: $CI_SERVER_FQDN/acme/ci/aws-oidc/web-identity@1\n");
});

describe("what else a pipeline takes", () => {
  it("names child pipelines and other projects, which may have the recipe", async () => {
    const text =
      "include:\n  - local: a.yml\n  - project: acme/ci\n    file: [/oidc.yml]\nchild:\n  trigger:\n    include: [{ local: child.yml }]\n";
    const { stderr } = await migrate(text);
    expect(stderr.replaceAll(/\s+/g, " ")).toContain(
      "It includes a.yml, child.yml: run this for those too. It also takes files from acme/ci: run this there too.",
    );
  });

  it("tells of a token file that nothing here is known to write", async () => {
    const text =
      "deploy:\n  variables:\n    AWS_WEB_IDENTITY_TOKEN_FILE: /tmp/token\n  script:\n    - ./ci/log-in.sh\n    - terraform apply\n";
    const { exitCode, stderr } = await migrate(text);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("line 3: deploy: AWS_WEB_IDENTITY_TOKEN_FILE names a file");
  });

  it("finds a file of the recipe by the path of the job's folder too", async () => {
    const text = `deploy:\n${TOKEN}  script:\n    - aws sts assume-role-with-web-identity --role-arn $ROLE_ARN --role-session-name x --web-identity-token $GITLAB_OIDC_TOKEN > $CI_PROJECT_DIR/creds.json\n    - export AWS_ACCESS_KEY_ID=$(jq -r .Credentials.AccessKeyId $CI_PROJECT_DIR/creds.json)\n    - ./deploy.sh creds.json\n`;
    const { stdout, stderr } = await migrate(text);
    expect([stdout, stderr]).toEqual(["", expect.stringContaining("line 6: deploy: `./deploy.sh` uses")]);
  });

  it("does not mix up the two roles of a chain if tools without a profile have the first", async () => {
    const config =
      "[default]\n      role_arn = $ROLE_ARN\n      web_identity_token_file = /tmp/token\n      [profile prod]\n      role_arn = arn:aws:iam::210987654321:role/prod\n      source_profile = default";
    const text = `deploy:\n${TOKEN}  script:\n    - echo "$GITLAB_OIDC_TOKEN" > /tmp/token\n    - |\n      cat > ~/.aws/config <<EOF\n      ${config}\n      EOF\n    - aws s3 ls\n    - aws s3 ls --profile prod\n`;
    const { stdout, stderr } = await migrate(text);
    expect(stdout).toBe("");
    expect(stderr).toContain("commands that name no profile use the role of default");
  });
});

describe("what other programs read", () => {
  const ANSWER =
    "OUT=$(aws sts assume-role-with-web-identity --role-arn $ROLE_ARN --role-session-name x --web-identity-token $GITLAB_OIDC_TOKEN)";

  it("leaves keys that a script exports under other names", async () => {
    const { stdout, stderr } = await migrate(
      `deploy:\n${TOKEN}  script:\n    - ${ANSWER}\n    - export TF_VAR_secret_key=$(echo $OUT | jq -r .Credentials.SecretAccessKey)\n    - terraform apply\n`,
    );
    expect([stdout, stderr]).toEqual([
      "",
      expect.stringContaining("line 5: deploy: programs may read TF_VAR_secret_key"),
    ]);
  });

  it.each(["docker compose run app", "env | grep AWS_ > aws.env"])(
    "puts the keys into variables for a command that passes on all of them: %s",
    async (command) => {
      const text = JOB.replace("aws s3 ls", command);
      expect(await patched(text)).toContain(
        `    - !reference [.aws_web_identity, before_script]\n    - eval "$(aws configure export-credentials --format env)"\n    - ${command}\n`,
      );
    },
  );

  it("takes a role from an input of the file", async () => {
    const header = "spec:\n  inputs:\n    role: {}\n---\n";
    const text = header + JOB.replace("--role-arn $ROLE_ARN", '--role-arn "$[[ inputs.role ]]"');
    expect(await patched(text)).toMatch(/role-arn: "?\$\[\[ inputs\.role \]\]"?\n/);
  });
});

it("leaves PowerShell alone that takes no keys", async () => {
  const text =
    "deploy:\n  tags: [windows]\n  script:\n    - Write-Output $env:AWS_REGION $env:VAULT_ID_TOKEN\n    - make\n";
  expect(await migrate(text)).toMatchObject({ exitCode: 0, stdout: "" });
});
