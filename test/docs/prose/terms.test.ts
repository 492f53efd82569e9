import { expect, it } from "vitest";
import { ownProse, type Page, parsePage, readPages } from "../pages.ts";
import { passagesOf, sentencesOf } from "./sentences.ts";
import { TRANSLATED } from "./translated-english.ts";

/** How GitLab, AWS and this project write a term, and how they do not. */
const TERMS: Readonly<Record<string, RegExp>> = {
  AWS: /\b(?:aws|Aws)\b(?!-)/,
  "AWS Region": /\b[Aa]ws region|\bregions?\b/,
  CloudFormation: /\bcloudformation\b|\bCloudformation\b|\bCloud Formation\b/,
  CloudTrail: /\bcloudtrail\b|\bCloudtrail\b|\bCloud Trail\b/,
  colour: /\bcolor(?:s|ed)?\b/i,
  "CI/CD Catalog": /\bcomponents? catalog(?:ue)?s?\b|\bCI\/CD catalog(?:ue)?\b|\bCI catalog(?:ue)?\b/,
  credentials: /\bcreds\b|\bcredential keys?\b/i,
  "dotenv report": /\b[Dd]ot[ -][Ee]nv\b|\b(?:DotEnv|DOTENV)\b|\benv report\b|\bdotenv (?:file|artifact)s?\b/,
  GitLab: /\b(?:gitlab|Gitlab|GITLAB)\b(?!-)/,
  IAM: /\b(?:iam|Iam)\b/,
  "identity provider": /\b(?:OIDC|OpenID Connect|web identity) providers?\b/i,
  "ID token":
    /\bOIDC[ -]tokens?\b|(?<!web )\bidentity tokens?\b|\b(?:id|Id) tokens?\b|\bID[ -]Tokens?\b|\bid-tokens?\b/,
  JSON: /\b(?:json|Json)\b/,
  licence: /\blicense\b/,
  "merge request": /\bMRs?\b|\bpull requests?\b|\bPRs?\b/,
  "merge request pipeline": /\bpipelines? (?:of|for) (?:a )?merge requests?\b/,
  Node: /\b(?:NodeJS|nodejs|Node\.js|node\.js)\b/,
  "OpenID Connect": /\b(?:open|Open)(?:id|Id|-id|-ID| ID)\b|\bOpenID connect\b/,
  "role chaining": /\bchain(?:ed|ing) (?:of )?roles\b|\bassume-chaining\b/,
  "self-managed": /\bself[ -]hosted\b|\bselfmanaged\b|\bself managed\b/i,
  "service account": /\bserviceaccounts?\b/,
  "session name": /\bsession-names?\b|\bnames? of (?:the|a) session\b/,
  "stored key": /\b(?:long-lived|permanent|hard-coded) (?:access )?keys?\b/i,
  STS: /\b(?:sts|Sts)\b(?!:)/,
  Terraform: /\bterraform\b(?! import)|\bTerraForm\b/,
  "trust policy": /\btrust[-_]polic(?:y|ies)\b|\bTrust Polic|\btrust relationships?\b/,
  variable: /\benv(?:ironment)? vars?\b/i,
  "web identity": /\bwebidentity\b|\bWeb Identity\b|\bWebIdentity\b/,
  YAML: /\b(?:yaml|Yaml|yml)\b/,
};

function wrongTerms(page: Page): readonly string[] {
  const prose = ownProse(page);
  return prose.flatMap(({ number, text }, index) => {
    // A term may go on in the next line; one that begins there is found there.
    const following = ` ${prose[index + 1]?.text ?? ""}`;
    return Object.entries(TERMS).flatMap(([right, wrong]) => {
      const found = wrong.exec(text + following);
      return found === null || found.index >= text.length
        ? []
        : [`${page.path}:${number}: "${found[0]}" is ${right} here`];
    });
  });
}

it("are written one way on all pages", () => {
  expect(readPages().flatMap(wrongTerms)).toEqual([]);
});

it.each([
  ["an OIDC token", '"OIDC token" is ID token here'],
  ["an OIDC\ntoken", '"OIDC token" is ID token here'],
  ["a dot env report", '"dot env" is dotenv report here'],
  ["Gitlab runs it", '"Gitlab" is GitLab here'],
  ["by cloudformation", '"cloudformation" is CloudFormation here'],
])("would be found wrong in %j", (text, fault) => {
  expect(wrongTerms(parsePage("page.md", text))).toEqual([`page.md:1: ${fault}`]);
});

it("are left alone in code and addresses", () => {
  expect(
    wrongTerms(
      parsePage("page.md", "`gitlab`, [GitLab](https://gitlab.example/yaml), <https://aws.example>"),
    ),
  ).toEqual([]);
});

/** Constructions of other languages in the sentences of a page, those of `src/` included. */
function translatedIn(page: Page): readonly string[] {
  const own = new Set(ownProse(page).map(({ number }) => number));
  return passagesOf(page.written)
    .filter(({ line }) => own.has(line))
    .flatMap(({ line, text }) => sentencesOf(text).map((sentence) => ({ line, sentence })))
    .flatMap(({ line, sentence }) =>
      TRANSLATED.flatMap(([wrong, instead]) => {
        const found = wrong.exec(sentence);
        return found === null ? [] : [`${page.path}:${line}: "${found[0]}" → ${instead}`];
      }),
    );
}

it("are in sentences that a native speaker would write", () => {
  expect(readPages().flatMap(translatedIn)).toEqual([]);
});

it.each([
  ["There is none that IAM would take.", "is none"],
  ["The flag stands beside it.", "stands beside"],
  ["There is no way to it.", "There is no way to"],
  ["No TLS connection comes about.", "comes about"],
  ["That is meant so.", "is meant so"],
  ["It names the way through a proxy.", "the way through a"],
  ["It is said\noutright.", "said outright"],
  ["It does not print, nor does it write.", "nor does"],
  ["This is to be had for nothing.", "is to be had"],
  ["It waits so that it ends, so that nobody waits.", "so that it ends, so that"],
  ["The file stands in `a folder`.", "stands in"],
  ["Never does it print the token.", "Never does it"],
])("would be found translated in %j", (text, found) => {
  expect(translatedIn(parsePage("page.md", text)).join("\n")).toContain(`"${found}"`);
});

it.each([
  "None of the roles trusts it.",
  "Nothing stands in the way.",
  "A flag stands for the variable.",
  "It takes the way of the ID token.",
])("would not be found translated in %j", (text) => {
  expect(translatedIn(parsePage("page.md", text))).toEqual([]);
});
