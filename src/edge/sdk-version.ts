/** That of the AWS SDK in package.json, of whose parts the client of STS is made; `npm run build` writes it here. */
export const SDK_VERSION = "3.1169.0";
