import { describe, expect, it } from "vitest";
import { readPaste } from "../../../../../src/aws/error-catalogue/pasted/reading.ts";

const ID = "5f5a5bba-6bb1-4f4e-8a39-b1c1df4dbb3e";

/** One failure in the form of each tool. */
const FORMS: readonly (readonly [tool: string, text: string, read: object])[] = [
  [
    "AWS CLI",
    "An error occurred (ExpiredToken) when calling the PutObject operation (reached max retries: 4): It is over",
    { code: "ExpiredToken", operation: "PutObject", message: "It is over" },
  ],
  [
    "Go",
    `operation error STS: AssumeRole, https response error StatusCode: 403, RequestID: ${ID}, api error ExpiredToken: It is over`,
    {
      code: "ExpiredToken",
      operation: "AssumeRole",
      service: "STS",
      httpStatus: "403",
      requestId: ID,
      message: "It is over",
    },
  ],
  [
    "Go, an error of the API's model",
    `operation error IAM: GetRole, https response error StatusCode: 404, RequestID: ${ID}, NoSuchEntity: It is gone`,
    { code: "NoSuchEntity", message: "It is gone" },
  ],
  [
    "Go v1",
    `ExpiredToken: It is over\n status code: 403, request id: ${ID}`.replace("\n", ""),
    { code: "ExpiredToken", httpStatus: "403", requestId: ID, message: "It is over" },
  ],
  [
    "Java v1",
    `com.amazonaws.services.sts.AmazonException: It is over (Service: AWSSecurityTokenService; Status Code: 403; Error Code: ExpiredToken; Request ID: ${ID})`,
    { code: "ExpiredToken", httpStatus: "403", requestId: ID, message: "It is over" },
  ],
  [
    "Java v2, a class of its own",
    `software.amazon.awssdk.services.sts.model.ExpiredTokenException: It is over (Service: Sts, Status Code: 403, Request ID: ${ID})`,
    { code: "ExpiredTokenException", requestId: ID, message: "It is over" },
  ],
  [
    "Java v2, any error",
    `software.amazon.awssdk.services.sts.model.StsException: It is over (Service: Sts, Status Code: 403, Request ID: ${ID})`,
    { code: undefined, message: "It is over" },
  ],
  [
    "Rust",
    `Error { code: "ExpiredToken", message: "It is over", aws_request_id: "${ID}" }`,
    { code: "ExpiredToken", message: "It is over", requestId: ID },
  ],
  [
    "XML",
    `<Error><Code>ExpiredToken</Code> <Message>It is over</Message></Error><RequestId>${ID}</RequestId>`,
    { code: "ExpiredToken", message: "It is over", requestId: ID },
  ],
  [
    "JSON",
    '{"__type":"com.amazon#ExpiredToken","message":"It is over"}',
    { code: "ExpiredToken", message: "It is over" },
  ],
  ["Ruby", "Aws::S3::Errors::ExpiredToken: It is over", { code: "ExpiredToken", message: "It is over" }],
  [
    "this program",
    `STS said ExpiredToken: It is over (HTTP 403, request ${ID})`,
    { code: "ExpiredToken", httpStatus: "403", requestId: ID, message: "It is over" },
  ],
];

describe("a text is read", () => {
  it.each(FORMS)("in the form of %s", (_, text, read) => {
    expect(readPaste(text)).toMatchObject(read);
  });

  it.each([
    "botocore.exceptions.NoCredentialsError: Unable to locate credentials",
    "SyntaxError: Unexpected token",
    "CredentialsProviderError: Could not load credentials",
    "java.io.IOException: broken",
    "Traceback: RuntimeException: no",
  ])("without taking a class of a language for a code: %s", (text) => {
    expect(readPaste(text).code).toBeUndefined();
  });

  it("for a role only if it names one alone", () => {
    const first = "arn:aws:iam::123456789012:role/ci/first";
    expect(readPaste(`IAM Role (${first}) cannot be assumed.`).role?.name).toBe("first");
    expect(readPaste(`${first} or arn:aws:iam::123456789012:role/second`).role).toBeUndefined();
  });

  it.each([
    ["*", " because no identity-based policy allows the ecr:GetAuthorizationToken action", "*"],
    [
      "arn:aws:s3:::b/a file.html",
      " with an explicit deny in a resource-based policy",
      "arn:aws:s3:::b/a file.html",
    ],
    ["arn:aws:s3:::b/k", ". Retry later", "arn:aws:s3:::b/k"],
    ['arn:aws:s3:::b/"k', " because no identity-based policy allows the x:y action", undefined],
    ["", ")", undefined],
  ])("for the resource: %s%s", (resource, rest, expected) => {
    const text = `User: arn:aws:sts::123456789012:assumed-role/a/b is not authorized to perform: x:y on resource: ${resource}${rest}`;
    expect(readPaste(text).resource).toBe(expected);
  });
});
