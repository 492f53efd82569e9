import type { SessionTagRule } from "../aws/identity-setup/session-tags.ts";
import { isTagKey, isTagValue, SESSION_TAG_LIMITS } from "../aws/sts/session.ts";
import { type Checked, invalid, valid } from "../foundation/checked.ts";
import type { RawInput } from "./inputs/raw-inputs.ts";
import { splitList } from "./inputs/scalars.ts";

/** Reads the tags that a session of the role may give itself: `team` with any value, `team=shop` only with this one. */
export function parseSessionTags({ text, subject }: RawInput): Checked<readonly SessionTagRule[]> {
  const { maxTags, maxKeyLength, maxValueLength } = SESSION_TAG_LIMITS;
  // Tags may contain spaces, so only commas and line breaks separate them.
  const entries = splitList(text, /[,\n]/);
  const tags = entries.map(parseTag);
  const keys = tags.map(({ key }) => key.toLowerCase());
  const wrong = [
    ...entries.filter((_, index) => !isTag(tags[index])).map((entry) => JSON.stringify(entry)),
    ...keys
      .filter((key, index) => keys.indexOf(key) < index)
      .map((key) => `the key ${JSON.stringify(key)} twice`),
    ...(entries.length > maxTags ? [`${entries.length} tags`] : []),
  ];
  if (wrong.length === 0) return valid(tags);
  return invalid(
    ...wrong.map((found) => ({
      subject,
      found,
      expected:
        `up to ${maxTags} tags, key or key=value, keys of 1 to ${maxKeyLength} and values of 1 to ${maxValueLength} ` +
        "letters, digits, spaces and _.:/=+-@, no key twice",
      fix: "Write them as in the component's input `session-tags`: project, ref, team=shop.",
    })),
  );
}

function parseTag(entry: string): SessionTagRule {
  const [key = "", ...rest] = entry.split("=");
  return { key: key.trim(), value: rest.length > 0 ? rest.join("=").trim() : undefined };
}

function isTag(tag: SessionTagRule | undefined): boolean {
  return tag !== undefined && isTagKey(tag.key) && tag.value !== "" && isTagValue(tag.value ?? "");
}
