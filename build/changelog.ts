/** The notes of one version: the text below its heading in the changelog; `undefined` if there are none. */
export function releaseNotes(changelog: string, version: string): string | undefined {
  const heading = `## ${version}\n`;
  const start = changelog.indexOf(heading);
  if (start < 0) return undefined;
  const notes = changelog
    .slice(start + heading.length)
    .split(/^## /m)[0]
    ?.trim();
  return notes === "" ? undefined : notes;
}
