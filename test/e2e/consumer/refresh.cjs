// Calls AWS before and after a session has ended, with one client that gets its credentials from the token file.
const { GetCallerIdentityCommand, STSClient } = require("@aws-sdk/client-sts");
const { fromTokenFile } = require("@aws-sdk/credential-providers");

const region = process.env.AWS_REGION;
const client = new STSClient({ credentials: fromTokenFile(), region });

async function call(what, sts) {
  const answer = await sts.send(new GetCallerIdentityCommand()).catch(({ name }) => ({ Arn: name }));
  console.log(`${what}: ${answer.Arn}`);
}

async function main() {
  const first = await client.config.credentials();
  await call("at first", client);
  await call("later, with the same session", new STSClient({ credentials: first, region }));
  await call("later, by itself", client);
}

main();
