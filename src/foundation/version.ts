/** The version of package.json; `npm run build` writes it here. */
export const VERSION = "1.0.0";

/** That of the AWS SDK, of whose parts the client of STS is made. */
export const SDK_VERSION = "3.1169.0";
