import { beforeEach, expect, it } from "vitest";
import { ASKED_VECTORS, type AskedVector, askPage } from "../unit/playground/answers/vectors.ts";
import type { Playground } from "./playground.ts";

/** How a vector is put to the page. */
interface Asked {
  /** Text by the label of its field, or the beginning of it. */
  readonly fields: Readonly<Record<string, string>>;
  readonly link: string | undefined;
}

/**
 * In the page: fills in vectors, and reads what the page shows of each, in words of the report. What is there already is
 * not typed again. The page answers before the next task begins. That task is urgent, so the browser draws few of the
 * answers.
 */
const ASK = `async (vectors) => {
  const labelled = (name) =>
    document.querySelector('[aria-label^="' + name + '"]') ??
    [...document.querySelectorAll("label")].find(({ textContent }) => textContent.trim() === name).control;
  const type = ([name, text]) => {
    const field = labelled(name);
    if (field.value === text) return;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  let followed;
  const follow = async (link) => {
    if (link === followed) return;
    followed = link;
    const change = new Promise((done) => addEventListener("hashchange", done, { once: true }));
    // The number makes it another address than the one that the page has put there.
    location.hash = link + "&number=" + answers.length;
    await change;
  };
  const texts = (name) => [...document.querySelectorAll("[" + name + "]")].map((node) => node.getAttribute(name));
  const answers = [];
  for (const { fields, link } of vectors) {
    Object.entries(fields).forEach(type);
    await follow(link);
    await scheduler.postTask(() => {}, { priority: "user-blocking" });
    const { decision, status } = document.getElementById("verdict").dataset;
    answers.push({
      decision: decision ?? null,
      status: status ?? null,
      causes: texts("data-cause"),
      findings: texts("data-finding"),
      problems: document.querySelectorAll(".problems > li").length,
    });
  }
  return answers;
}`;

async function expectedOf(vector: AskedVector) {
  const { problems, report } = await askPage(vector);
  // Claims that cannot be read leave the policy, and the page still judges that.
  const isLeft = problems.length > 0 && vector.claims !== undefined;
  const shown = isLeft ? (await askPage({ ...vector, claims: undefined })).report : report;
  const { review } = shown ?? {};
  return {
    decision: review?.decision ?? null,
    status: shown?.checks.find(({ id }) => id === "trust-policy")?.status ?? null,
    causes: (review?.causes ?? []).map(({ id }) => id),
    findings: (review?.findings ?? []).map(({ id }) => id),
    problems: problems.length,
  };
}

function asked({ question: { policy, job }, claims }: AskedVector): Asked {
  const fields = { "Trust policy, or the output": policy };
  if (claims === undefined) return { fields, link: `#who?${new URLSearchParams({ project: "", ...job })}` };
  const ofToken = {
    "Role ARN": job["role-arn"] ?? "",
    "Session name": job["session-name"] ?? "",
    "ID token, or its claims as JSON": claims,
  };
  return { fields: { ...fields, ...ofToken }, link: undefined };
}

/** Those about the same job one after another. */
function sortByJob(vectors: readonly AskedVector[]): readonly AskedVector[] {
  const jobOf = ({ question: { job }, claims = "" }: AskedVector): string => claims + JSON.stringify(job);
  return vectors.toSorted((one, other) => jobOf(one).localeCompare(jobOf(other)));
}

/** What the page shows, against what its code answers when it is called. */
export function testVectors(playground: Playground): void {
  beforeEach(() => playground.open());

  it.each([
    ["of a job", ASKED_VECTORS.filter(({ claims }) => claims === undefined)],
    ["of claims", ASKED_VECTORS.filter(({ claims }) => claims !== undefined)],
  ])("%s", async (kind, given) => {
    const { page } = playground;
    if (kind === "of claims") {
      await page.getByLabel("its ID token or claims").check();
      await page.getByText("More about the role").click();
    }
    const vectors = sortByJob(given);
    const shown = (await page.evaluate(
      `(${ASK})(${JSON.stringify(vectors.map(asked))})`,
    )) as readonly unknown[];
    expect(shown).toHaveLength(vectors.length);
    for (const [index, vector] of vectors.entries()) {
      expect(shown[index], vector.name).toEqual(await expectedOf(vector));
    }
  });
}
