import { findExecutable } from "../harness/shells.ts";

/** Names under which systems install Chromium. */
const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** The browser of this machine; `undefined` on a machine without one. */
export const BROWSER = NAMES.map(findExecutable).find((path) => path !== undefined);

/** What a machine without a browser is told. */
export const NO_BROWSER =
  "There is no Chromium on this machine, so the page was not opened in a browser; Debian has it as the package chromium.";
