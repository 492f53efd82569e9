import { expect, it } from "vitest";
import { holdsSecret } from "../../../../../src/commands/migrate/plan/secrets.ts";

it.each([
  "    AWS_SESSION_TOKEN: $SESSION_TOKEN",
  "    GITLAB_OIDC_TOKEN: { aud: $CI_SERVER_URL }",
  "    - export AWS_SESSION_TOKEN=$(jq -r .Credentials.SessionToken answer.json)",
  "    - export AWS_SECRET_ACCESS_KEY=`echo $ANSWER | cut -f2`",
  "      --query 'Credentials.{id:AccessKeyId,secret:SecretAccessKey,token:SessionToken}'",
  "      print('AWS_SESSION_TOKEN=' + credentials['SessionToken'])",
  "      token=credentials['SessionToken']",
  "      secret_access_key=response.credentials.secret_access_key",
  "    - aws sts assume-role-with-web-identity --web-identity-token=file:///tmp/web-identity-token",
  "    - aws configure set aws_session_token $AWS_SESSION_TOKEN",
  "      vault: production/db/password@ops",
  "    - docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-central-1.amazonaws.com",
  "    - printf 'AWS_SESSION_TOKEN=%s' $TOKEN",
  "    - docker build --secret id=aws,env=AWS_SESSION_TOKEN .",
  "  image: registry.example.com/tools/aws-cli:2.37.5@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
])("takes no part of a recipe for a secret: %s", (line) => {
  expect(holdsSecret(line)).toBe(false);
});
