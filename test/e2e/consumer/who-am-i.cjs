// Asks AWS who this job is, with the credentials of one provider of the AWS SDK: <provider> [profile].
const { GetCallerIdentityCommand, STSClient } = require("@aws-sdk/client-sts");
const providers = require("@aws-sdk/credential-providers");

const [provider, profile] = process.argv.slice(2);
const credentials = providers[provider](profile === undefined ? {} : { profile });
const sts = new STSClient({ credentials, region: process.env.AWS_REGION ?? "us-east-1" });
sts.send(new GetCallerIdentityCommand()).then(({ Arn }) => console.log(`${provider}: ${Arn}`));
