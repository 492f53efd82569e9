export const ANNOTATIONS_MODE = 0o644;

/**
 * Encodes links for the job's page.
 *
 * @see https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsannotations
 */
export function encodeAnnotations(
  section: string,
  links: readonly { readonly label: string; readonly url: string }[],
): string {
  return `${JSON.stringify({ [section]: links.map((link) => ({ external_link: link })) })}\n`;
}
