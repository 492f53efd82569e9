import type { Fields } from "../answers/page-host.ts";

/** A typical policy: it admits more than intended, and not the job that it was written for. */
export const EXAMPLE_POLICY = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "DeployFromMain",
      "Effect": "Allow",
      "Principal": {
        "Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"
      },
      "Action": "sts:AssumeRoleWithWebIdentity",
      "Condition": {
        "StringEquals": {
          "gitlab.com:aud": "https://gitlab.com",
          "gitlab.com:sub": "project_path:acme/shop:ref_type:branch:ref:main"
        }
      }
    },
    {
      "Sid": "Reviews",
      "Effect": "Allow",
      "Principal": {
        "Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"
      },
      "Action": "sts:AssumeRoleWithWebIdentity",
      "Condition": {
        "StringEquals": {
          "gitlab.com:aud": "https://gitlab.com",
          "gitlab.com:sub": "project_path:acme/shop:ref_type:branch:ref:review/*"
        }
      }
    }
  ]
}
`;

export const EXAMPLE_JOB: Fields = { project: "acme/shop", branch: "review/login" };
