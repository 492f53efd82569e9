import type { StatementResult } from "../../src/aws/trust-policy/evaluate/decision.ts";
import { closestStatement } from "../../src/aws/trust-policy/explain/closest.ts";
import { buildRequestContext, claimValues } from "../../src/aws/trust-policy/model/request.ts";
import type { TrustReview } from "../../src/aws/trust-policy/review.ts";
import { examineClaims } from "../../src/commands/doctor/claims.ts";
import type { DoctorReport } from "../../src/commands/doctor/report.ts";
import type { DescribedClaims } from "../../src/config/claims-config.ts";
import { DEFAULT_ISSUER, DOCTOR_INPUTS } from "../../src/config/inputs/doctor-inputs.ts";
import { parseTypedDoctorConfig } from "../../src/config/typed-doctor-config.ts";
import type { Problem } from "../../src/foundation/checked.ts";
import { type ComparedStatement, compareStatement } from "./comparison.ts";
import { createPageHost, type Fields, readFields } from "./page-host.ts";

/** A trust policy, and the job in question: described in a form, or by the claims of a token. */
export interface AdmissionQuestion {
  readonly policy: string;
  readonly job: Fields;
  /** Instead of the job. */
  readonly claims: Pick<DescribedClaims, "claims" | "otherClaims"> | undefined;
}

/** What the doctor says about it. */
export interface Admission {
  /** What is wrong with the question. */
  readonly problems: readonly Problem[];
  readonly report: DoctorReport | undefined;
  /** The statement that decides, or is closest to admitting the job, condition by condition. */
  readonly compared: ComparedStatement | undefined;
}

const POLICY_FILE = "policy.json";

/** Fields that say whose job it is; the others only add to them. */
const SUBJECT_FIELDS = ["project", "branch", "tag", "merge-request"] as const;

/** Asks for the offline answer of `doctor`, with its own code. */
export async function answerAdmission({ policy, job, claims }: AdmissionQuestion): Promise<Admission> {
  const hasPolicy = policy.trim() !== "";
  const isDescribed = SUBJECT_FIELDS.some((name) => job[name]);
  if (!hasPolicy && !isDescribed && claims === undefined) return NOTHING_ASKED;
  const asked = claims === undefined ? job : { ...fieldsBesideClaims(job), ...STAND_IN };
  const fields = isDescribed || claims !== undefined ? asked : fieldsBesideClaims(job);
  const raw = readFields({ ...fields, "trust-policy-file": hasPolicy ? POLICY_FILE : "" }, DOCTOR_INPUTS);
  const host = createPageHost({ [POLICY_FILE]: policy });
  const config = await parseTypedDoctorConfig(raw, host, fetchNothing);
  if (!config.ok) return { ...NOTHING_ASKED, problems: config.problems };
  const { subject, ...rest } = config.value;
  if (subject.kind !== "claims") throw new Error(`the page asked about ${subject.kind}`);
  const described = claims ?? subject.claims;
  const report = examineClaims({ ...subject, claims: described }, rest, host);
  return { problems: [], report, compared: described && compareClosest(report.review, described.claims) };
}

const NOTHING_ASKED: Admission = { problems: [], report: undefined, compared: undefined };

/** Fields that a token's claims do not answer. */
const BESIDE_CLAIMS = ["role-arn", "session-name"] as const;

/** What a form says apart from whose job it is: the role that the job asks for. */
export function fieldsBesideClaims(job: Fields): Fields {
  return pick(job, BESIDE_CLAIMS);
}

/** A placeholder for the job whose claims are known, until they replace it. */
const STAND_IN: Fields = { issuer: DEFAULT_ISSUER, project: "group/project", branch: "main" };

function pick(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, fields[name] ?? ""]));
}

async function fetchNothing(): Promise<never> {
  throw new Error("a page sends no requests");
}

/** For the statement that admits or denies, or else the one that misses by least. */
function compareClosest(
  review: TrustReview | undefined,
  claims: Readonly<Record<string, unknown>>,
): ComparedStatement | undefined {
  const statement = review && statementOf(review, claims);
  return statement && compareStatement(statement, claims);
}

function statementOf(
  { trust }: TrustReview,
  claims: Readonly<Record<string, unknown>>,
): StatementResult | undefined {
  if (trust === undefined) return undefined;
  if ("by" in trust) return trust.by;
  if ("open" in trust) return trust.open[0];
  const [issuer = ""] = claimValues(claims.iss);
  const role = { arn: "", partition: "aws", accountId: "" };
  return closestStatement(trust.statements, buildRequestContext({ role, issuer, claims }));
}
