import { expect, it } from "vitest";
import { ownProse, type Page, parsePage, readPages } from "./pages.ts";

/** How GitLab, AWS and this project write a term, and how they do not. */
const TERMS: Readonly<Record<string, RegExp>> = {
  AWS: /\b(?:aws|Aws)\b(?!-)/,
  "AWS Region": /\b[Aa]ws region|\bregions?\b/,
  CloudFormation: /\bcloudformation\b|\bCloudformation\b|\bCloud Formation\b/,
  CloudTrail: /\bcloudtrail\b|\bCloudtrail\b|\bCloud Trail\b/,
  colour: /\bcolor(?:s|ed)?\b/i,
  credentials: /\bcreds\b/i,
  "dotenv report": /\b[Dd]ot[ -][Ee]nv\b|\b(?:DotEnv|DOTENV)\b|\benv report\b|\bdotenv (?:file|artifact)s?\b/,
  GitLab: /\b(?:gitlab|Gitlab|GITLAB)\b(?!-)/,
  IAM: /\b(?:iam|Iam)\b/,
  "ID token":
    /\bOIDC[ -]tokens?\b|(?<!web )\bidentity tokens?\b|\b(?:id|Id) tokens?\b|\bID[ -]Tokens?\b|\bid-tokens?\b/,
  JSON: /\b(?:json|Json)\b/,
  licence: /\blicense\b/,
  "merge request": /\bMRs?\b|\bpull requests?\b|\bPRs?\b/,
  Node: /\b(?:NodeJS|nodejs|Node\.js|node\.js)\b/,
  "OpenID Connect": /\b(?:open|Open)(?:id|Id|-id|-ID| ID)\b|\bOpenID connect\b/,
  "self-managed": /\bself[ -]hosted\b|\bselfmanaged\b|\bself managed\b/i,
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
