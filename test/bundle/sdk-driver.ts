/** What the script uses of the SDK, and how it configures it, for a comparison of two builds of the SDK. */
export {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from "@aws-sdk/client-sts";
export { clientConfig } from "../../src/edge/sts-client.ts";
