import { describe, expect, it } from "vitest";
import { answerAdmission } from "../../../../playground/answers/admission.ts";
import { runCli } from "../../../../src/cli.ts";
import { encodeProblems, encodeReport } from "../../../../src/commands/doctor/encode.ts";
import { createMemoryHost } from "../../../harness/memory-host.ts";
import { ASKED_VECTORS, type AskedVector, askPage } from "./vectors.ts";

/** What the command line answers, as JSON. */
async function askCommandLine({ argv, files }: AskedVector): Promise<Readonly<Record<string, unknown>>> {
  const host = createMemoryHost({ files });
  const noNetwork = (): never => {
    throw new Error("the doctor asks nobody offline");
  };
  const network = { connectSts: noNetwork, fetchPage: noNetwork, findWay: noNetwork };
  await runCli([...argv, "--format", "json"], host, network);
  return JSON.parse(host.stdout());
}

const MASK = "[MASKED]";

/** The command line masks an e-mail address of the claims that a policy names too; the page shows no more than that policy. */
function withoutMasks(answer: Readonly<Record<string, unknown>>): unknown {
  return JSON.parse(JSON.stringify(answer).replaceAll("ada@example.com", MASK));
}

it("knows every vector", () => {
  expect(ASKED_VECTORS.length).toBeGreaterThan(250);
});

describe("the page says what the command line says", () => {
  it.each(ASKED_VECTORS.map((vector) => [vector.name, vector] as const))("%s", async (_, vector) => {
    const expected = await askCommandLine(vector);
    const { problems, report } = await askPage(vector);
    const about = expected.about === "trust-policy" ? "trust-policy" : "claims";
    const answer = report === undefined ? encodeProblems(problems) : encodeReport(about, report);
    const { subjects, ...said } = comparable(JSON.parse(answer.json));
    const { subjects: typed, ...told } = comparable(expected);
    expect(withoutMasks(said)).toEqual(withoutMasks(told));
    expect(subjects.map((subject) => subject.replace("--trust-policy-file", "--trust-policy"))).toEqual(
      typed,
    );
  });
});

/** Names of flags and of the program apart, which the page has no use for. */
function comparable(answer: Readonly<Record<string, unknown>>): {
  readonly subjects: readonly string[];
  readonly [member: string]: unknown;
} {
  const problems = (answer.problems ?? []) as readonly { readonly subject: string }[];
  const rest = JSON.stringify({ ...answer, problems: problems.map(({ subject: _, ...problem }) => problem) });
  const neutral = rest.replaceAll("node aws-oidc.cjs", "aws-oidc.cjs");
  return { ...JSON.parse(neutral), subjects: problems.map(({ subject }) => subject) };
}

describe("a question that is not whole", () => {
  const POLICY = '{"Version":"2012-10-17","Statement":[]}';

  it("is not answered while nothing is there", async () => {
    expect(await answerAdmission({ policy: " ", job: {}, claims: undefined })).toEqual({
      problems: [],
      report: undefined,
      compared: undefined,
    });
  });

  it("is about the policy alone while there is no job", async () => {
    const { report } = await answerAdmission({ policy: POLICY, job: { issuer: "" }, claims: undefined });
    expect(report?.checks.map(({ id, status }) => `${id} ${status}`)).toEqual([
      "id-token skipped",
      "trust-policy failed",
    ]);
  });

  it("names the field that is missing", async () => {
    const { problems } = await answerAdmission({
      policy: POLICY,
      job: { project: "acme/shop" },
      claims: undefined,
    });
    expect(problems.map(({ subject }) => subject)).toEqual(["--branch, --tag, --merge-request"]);
  });

  it("is about the claims alone while there is no policy", async () => {
    const claims = {
      iss: "https://gitlab.com",
      sub: "project_path:acme/shop:ref_type:branch:ref:main",
      aud: "x",
    };
    const { report } = await answerAdmission({
      policy: "",
      job: {},
      claims: { claims, otherClaims: "absent" },
    });
    expect(report?.checks.map(({ id, status }) => `${id} ${status}`)).toEqual([
      "id-token ok",
      "trust-policy skipped",
    ]);
  });
});
