/** The version of the AWS SDK in package.json, whose parts make up the STS client; `npm run build` writes it here. */
export const SDK_VERSION = "3.1169.0";
