// Asks AWS who this job is, with nothing but the variables that it got.
const { GetCallerIdentityCommand, STSClient } = require("@aws-sdk/client-sts");
const { fromEnv } = require("@aws-sdk/credential-providers");

const sts = new STSClient({ credentials: fromEnv() });
sts.send(new GetCallerIdentityCommand({})).then(({ Arn }) => console.log(Arn));
