export interface Svg {
  readonly width: number;
  readonly height: number;
  /** Said by screen readers. */
  readonly title: string;
  readonly style: string;
  readonly body: readonly string[];
}

export function renderSvg({ width, height, title, style, body }: Svg): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${style}\n</style>`,
    ...body,
    "</svg>\n",
  ].join("\n");
}

export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
