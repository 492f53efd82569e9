/**
 * Constructions that the texts of the sources must not have, besides those of `translated-english.ts`, which hold for pages too:
 * each with what to write instead. Identifiers do not match any of them.
 */
export const CONSTRUCTIONS: readonly (readonly [wrong: RegExp, instead: string])[] = [
  [/\bdocumented nowhere\b/i, "is not documented"],
  [/\banother \w+ than\b/i, "a different … from"],
  [/\bwritten otherwise\b|\btold otherwise\b/i, "differently"],
  [/\bin the place of\b/i, "instead of, or in place of"],
  [/\b(?:takes?|took|taken) the place of\b/i, "replace"],
  [/\b(?:an?|the) [\w-]+ of (?:its|their|one's) own\b/i, "its own …"],
  [/\bby itself, so that\b|\beach by itself\b/i, "separately"],
  [/\bin vain\b/i, "without success"],
  [/\ball the same\b/i, "still, or anyway"],
  [/\banew\b/i, "again"],
  [/\bby way of\b/i, "through"],
  [
    /\b(?:stands?|stood) (?:behind|beside|before|below|alone|there|in the way|by itself)\b/i,
    "comes after, is next to, blocks",
  ],
  [/\b(?:begins?|ends?|opened|signed) so\b/i, "like this"],
  [/\b(?:comes?|came) to nothing\b/i, "fails"],
  [/\b(?:turns?|turned) on (?:what|the|whether|claims)\b/i, "depends on"],
  [/\bfor the moment\b/i, "at the moment"],
  [/\bslips? of the pen\b/i, "typo"],
  [/\bin whatever\b|\bunder whatever\b|\bby whatever\b|\bof whatever\b/i, "in any"],
  [/\bfared\b/i, "the result for"],
  [/\bsure(?:ly)? (?:keeps?|denies|fails?|holds?|keep|fail)\b/i, "certainly"],
  [/\bleave (?:it|this|that|them|the \w+) out\b|\bleft out\b(?= where)/i, "omit"],
  [/\blooks? (?:who|whether)\b/i, "check who, check whether"],
  [/\bnone, or another one\b|\bnone or another one\b/i, "none or a different one"],
  [/\bthere is no such\b/i, "… does not exist"],
  [/\bso that (?:it|the statement|they) never\b/i, "so it never"],
  [/\bon its way\b(?! (?:to|from))|\bon the way to it\b/i, "in between, in transit"],
  [/\bwith which (?:it|they|AWS)\b|\bby which (?:it|they|nobody|a)\b/i, "a new sentence, or so that"],
  [
    /\bis no (?:part|type|action|element|Sid|token|key|ARN|JSON|condition|policy|folder|file|project)\b/i,
    "is not a …",
  ],
  [/\bare no (?:parts|keys|files|tokens)\b/i, "are not …"],
  [/\bgives? itself away\b|\bgives? (?:a|the) \w+ away\b/i, "reveal"],
  [/\bhands? on\b|\bhanded on\b/i, "pass on"],
  [/\bof which (?:AWS|nothing|nobody|only)\b/i, "that …"],
];
