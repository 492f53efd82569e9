import { ancestorsOf } from "../pipeline/inheritance.ts";
import { type Entry, isMap, lookUp, type Pipeline, pairOf, textsOf } from "../pipeline/pipeline.ts";
import { OLD_TOKENS } from "./sites.ts";

/** The `aud` of a token: one, that of the instance (`undefined`), or several, of which an input can hold none. */
export type Audience = { readonly ok: true; readonly value: string | undefined } | { readonly ok: false };

/** Finds the `aud` of an ID token as those who run a script have it. */
export function audienceOf(pipeline: Pipeline, token: string, runners: readonly Entry[]): Audience {
  if (OLD_TOKENS.includes(token)) return { ok: true, value: undefined };
  const near = runners.flatMap((entry) => [entry, ...ancestorsOf(pipeline, entry)]);
  const found = declared(pipeline, token, near);
  const all = found.length > 0 ? found : declared(pipeline, token, pipeline.entries);
  const distinct = new Set(all.map((audiences) => JSON.stringify(audiences)));
  const [audiences = []] = all;
  if (distinct.size !== 1 || audiences.length !== 1) return { ok: false };
  const [value = ""] = audiences;
  return {
    ok: true,
    value: /^\$\{?CI_SERVER_URL\}?$/.test(value) ? undefined : value.replaceAll(/\$\{(\w+)\}(?!\w)/g, "$$$1"),
  };
}

function declared(
  pipeline: Pipeline,
  token: string,
  entries: readonly Entry[],
): readonly (readonly string[])[] {
  return [...new Set(entries)].flatMap(({ map, kind }) => {
    const tokens = kind === "global" ? undefined : lookUp(pipeline, map, "id_tokens");
    const settings = isMap(tokens) ? lookUp(pipeline, tokens, token) : undefined;
    return isMap(settings) ? [textsOf(pipeline.document, pairOf(settings, "aud")?.value)] : [];
  });
}
