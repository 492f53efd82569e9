// A first version with the SDK: its credential providers, bundled with esbuild's defaults.
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromTemporaryCredentials, fromWebToken } from "@aws-sdk/credential-providers";

const {
  AWS_OIDC_ROLE_ARN: roleArn = "",
  GITLAB_OIDC_TOKEN: webIdentityToken = "",
  BENCH_CHAINED_ROLE_ARN,
} = process.env;
const first = fromWebToken({ roleArn, webIdentityToken, roleSessionName: "naive" });
const credentials =
  BENCH_CHAINED_ROLE_ARN === undefined
    ? first
    : fromTemporaryCredentials({ masterCredentials: first, params: { RoleArn: BENCH_CHAINED_ROLE_ARN } });

new STSClient({ credentials }).send(new GetCallerIdentityCommand({})).then(({ Arn }) => console.log(Arn));
