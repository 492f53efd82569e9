import { readdirSync, readFileSync } from "node:fs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";

/*
 * Replaces a tool that acts in AWS: finds credentials where every AWS SDK finds them, and says on standard error
 * whom AWS takes it for, and in which Region. First argument: the name of the tool. Of its options it knows `--profile`;
 * Terraform has the profiles that the files of its folder name.
 */

/** So that whoever pipes something into the tool does not end by a signal. */
function readStandardInput(): void {
  readFileSync(0);
}

async function identity(region: string, profile: string | undefined): Promise<string> {
  const credentials = await fromNodeProviderChain(profile === undefined ? {} : { profile })().catch(
    () => undefined,
  );
  if (credentials === undefined) return "nobody";
  const { Arn = "" } = await new STSClient({ credentials, region }).send(new GetCallerIdentityCommand());
  return Arn;
}

function profilesOf(tool: string, argv: readonly string[]): readonly (string | undefined)[] {
  const [, profile] = / --profile (\S+)/.exec(` ${argv.join(" ")}`) ?? [];
  const files = tool === "terraform" ? readdirSync(".").filter((name) => name.endsWith(".tf")) : [];
  const inFiles = files.flatMap((file) => [
    ...readFileSync(file, "utf8").matchAll(/^ +profile += "(.*)"$/gm),
  ]);
  return inFiles.length === 0 ? [profile] : inFiles.map(([, name]) => name);
}

const [tool = "", ...argv] = process.argv.slice(2);
const region = process.env.AWS_REGION;
readStandardInput();
for (const profile of profilesOf(tool, argv)) {
  const arn = await identity(region ?? "us-east-1", profile);
  const by = tool === "terraform" && profile !== undefined ? ` by ${profile}` : "";
  console.error(`${[tool, ...argv].join(" ")}${by} → ${arn} in ${region ?? "no Region"}`);
}
