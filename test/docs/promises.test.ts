import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "./pages.ts";

/** A test file below `test/`, and words of the title of a test in it, or of a case in its table. */
type Proof = readonly [file: string, title: string];

/** Every guarantee of SECURITY.md by its first words, and the tests that hold it. */
const PROMISES: Readonly<Record<string, readonly Proof[]>> = {
  "No token or key from": [
    ["unit/output/redactor.test.ts", "hides a part of a secret"],
    ["unit/output/redactor.test.ts", "hides what has the shape of a JSON Web Token"],
    ["scenarios/hostile-inputs.test.ts", "a token that was pasted into the wrong place"],
    ["fuzz/hostile-runs.test.ts", "prints no secret"],
  ],
  "Tokens and keys are never on": [
    ["e2e/leaks.test.ts", "are found in logs and files"],
    ["unit/architecture.test.ts", "reveal"],
  ],
  "The shell scripts print no token": [
    ["scenarios/web-identity-shell.test.ts", "does not print the token where commands are traced"],
  ],
  "A report is written whole": [
    ["scenarios/assume-role-admitted.test.ts", "writes the report whole, for the job's user only"],
    [
      "scenarios/assume-role-report-not-writable.test.ts",
      "leaves no temporary file when writing fails half-way",
    ],
  ],
  "A job that fails publishes nothing": [
    ["e2e/runtime-shells.test.ts", "a job %s leaves nothing to upload or to read"],
    ["e2e/runtime-shells.test.ts", "a job that is killed leaves nothing to upload or to read"],
  ],
  "The token file of": [
    ["scenarios/web-identity-shell.test.ts", "in a file for its user only"],
    [
      "scenarios/web-identity-shell.test.ts",
      "stops where another user of the machine has made the folder before",
    ],
  ],
  "Nothing is downloaded": [["bundle/good-path.test.ts", "opens one TLS connection and sends two requests"]],
  "The script that runs": [["e2e/runtime-shells.test.ts", "refuses to run %s"]],
  "TLS certificates are always verified": [
    ["unit/edge/connections.test.ts", "with NODE_TLS_REJECT_UNAUTHORIZED=0"],
    ["faults/cases/tls.ts", "NODE_TLS_REJECT_UNAUTHORIZED"],
    ["faults/cases/proxies.ts", "a certificate for STS instead of its own"],
  ],
  "Plain `http` is for loopback only": [
    ["unit/edge/connections.test.ts", "plain http goes past every proxy"],
    ["unit/config/sts-targets.test.ts", "http"],
  ],
  "The log names every variable": [
    ["scenarios/assume-role-detours.test.ts", "a variable that decides where the ID token goes is named"],
  ],
  "Credentials are used only if": [
    ["unit/aws/sts/exchange.test.ts", "believes no answer that is for somebody else"],
  ],
  "An answer from STS is read up to": [
    ["unit/edge/sts-client.test.ts", "an answer that is too large"],
    ["scenarios/files-that-are-none.test.ts", "reads a file of 64 KiB"],
  ],
  "Control characters": [
    ["unit/output/log.test.ts", "shows what it was sent, and does nothing of it"],
    ["scenarios/hostile-inputs.test.ts", "claims that hold more than text"],
  ],
  "A session policy is sent": [
    ["scenarios/assume-role-session-policy.test.ts", "sends the text that was written"],
    ["scenarios/assume-role-session-policy.test.ts", "refuses a policy with two conditions"],
  ],
  "The run stops if a variable": [
    ["scenarios/assume-role-shadowed-variables.test.ts", "stops when a credential variable is set already"],
    ["scenarios/assume-role-shadowed-variables.test.ts", "stops for an empty one as well"],
  ],
  "A run ends": [["faults/faults.test.ts", "$fault"]],
  "A refusal by AWS": [
    ["unit/commands/sts-failure.test.ts", "a denial is a refusal, whatever ended the asking"],
  ],
  "The doctor judges every statement": [
    ["unit/commands/doctor/admits-others.test.ts", "a role that others can assume too"],
    [
      "unit/commands/doctor/open-roles.test.ts",
      "gives no bare check mark to a role that another project can assume",
    ],
    ["unit/commands/doctor/admits-others.test.ts", "lists the statements that it does not judge"],
  ],
  "No correction that the doctor": [
    [
      "unit/commands/doctor/open-roles.test.ts",
      "corrects nothing so that another project can assume the role",
    ],
  ],
  "A policy made from flags": [
    [
      "unit/aws/identity-setup/repeated-flags.test.ts",
      "admits each of the jobs, and nothing that only resembles one",
    ],
  ],
  "Every file of a release": [
    ["unit/build/npm-scripts.test.ts", "lists the SHA-256 of every other file"],
    ["unit/build/npm-scripts.test.ts", "stops the release when a file is missing in it"],
  ],
};

const page = readFileSync(join(ROOT, "SECURITY.md"), "utf8");
const [, guarantees = ""] = /^## What we guarantee$([\s\S]*?)^## /m.exec(page) ?? [];
const bullets = [...guarantees.matchAll(/^- (.*)$/gm)].map(([, text = ""]) => text);

it("every guarantee of SECURITY.md has tests that hold it, and no test holds one that is not given", () => {
  expect(bullets.length).toBeGreaterThan(15);
  const starts = Object.keys(PROMISES);
  expect(bullets.filter((text) => !starts.some((start) => text.startsWith(start)))).toEqual([]);
  expect(starts.filter((start) => !bullets.some((text) => text.startsWith(start)))).toEqual([]);
});

it.each(Object.entries(PROMISES))("%s …: its tests are there", (_, proofs) => {
  for (const [file, title] of proofs) expect(readFileSync(join(ROOT, "test", file), "utf8")).toContain(title);
});
