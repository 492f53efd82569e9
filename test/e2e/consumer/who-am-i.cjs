// Asks AWS who this job is, with the credentials of one provider of the AWS SDK: <provider> [profile, or its options in JSON].
const { GetCallerIdentityCommand, STSClient } = require("@aws-sdk/client-sts");
const providers = require("@aws-sdk/credential-providers");

const [provider, option] = process.argv.slice(2);
const options = option?.startsWith("{") ? JSON.parse(option) : { profile: option };
const credentials = providers[provider](option === undefined ? {} : options);
const sts = new STSClient({ credentials, region: process.env.AWS_REGION ?? "us-east-1" });
sts.send(new GetCallerIdentityCommand()).then(({ Arn }) => console.log(`${provider}: ${Arn}`));
