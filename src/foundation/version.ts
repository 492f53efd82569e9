/** The version of package.json; `npm run build` writes it here. */
export const VERSION = "1.0.0";
