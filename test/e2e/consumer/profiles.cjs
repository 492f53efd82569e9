// Asks AWS who each profile is, `-` being none, before and after the sessions have ended, each with one client.
const { GetCallerIdentityCommand, STSClient } = require("@aws-sdk/client-sts");
const { fromIni, fromNodeProviderChain } = require("@aws-sdk/credential-providers");

const region = process.env.AWS_REGION ?? "us-east-1";

async function call(what, sts) {
  const answer = await sts.send(new GetCallerIdentityCommand()).catch(({ name }) => ({ Arn: name }));
  console.log(`${what}: ${answer.Arn}`);
}

async function main() {
  const clients = process.argv.slice(2).map((profile) => {
    const credentials = profile === "-" ? fromNodeProviderChain() : fromIni({ profile });
    return [profile, new STSClient({ credentials, region })];
  });
  const first = new Map();
  for (const [profile, client] of clients) first.set(profile, await client.config.credentials());
  for (const [profile, client] of clients) await call(`${profile} at first`, client);
  for (const [profile] of clients) {
    await call(
      `${profile} with the same session`,
      new STSClient({ credentials: first.get(profile), region }),
    );
  }
  for (const [profile, client] of clients) await call(`${profile} later`, client);
}

main();
