// The least that Node can do: the same two requests over one connection, by hand. It checks, reports and writes nothing.
"use strict";
const { createHash, createHmac } = require("node:crypto");

const { AWS_OIDC_STS_ENDPOINT: endpoint, AWS_OIDC_ROLE_ARN: roleArn, AWS_REGION: region } = process.env;
const { hostname, port, protocol, host } = new URL(endpoint);
const web = require(protocol === "https:" ? "node:https" : "node:http");
const agent = new web.Agent({ keepAlive: true });
const TYPE = "application/x-www-form-urlencoded";

/** Posts a form to STS and gives the text of the answer. */
function post(body, headers) {
  return new Promise((resolve, reject) => {
    const options = {
      agent,
      host: hostname,
      port,
      method: "POST",
      path: "/",
      headers: { "content-type": TYPE, ...headers },
    };
    const request = web.request(options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => (response.statusCode === 200 ? resolve(text) : reject(new Error(text))));
    });
    request.on("error", reject).end(body);
  });
}

const hash = (data) => createHash("sha256").update(data).digest("hex");
const hmac = (key, data) => createHmac("sha256", key).update(data).digest();
const element = (xml, name) => new RegExp(`<${name}>([^<]*)`).exec(xml)?.[1];

/** Headers that sign a form, by Signature Version 4. */
function sign(body, { accessKeyId, secretAccessKey, sessionToken }) {
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = `${time.slice(0, 8)}/${region}/sts/aws4_request`;
  const signed = "content-type;host;x-amz-date;x-amz-security-token";
  const headers = `content-type:${TYPE}\nhost:${host}\nx-amz-date:${time}\nx-amz-security-token:${sessionToken}\n`;
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash(`POST\n/\n\n${headers}\n${signed}\n${hash(body)}`)}`;
  const signature = createHmac("sha256", scope.split("/").reduce(hmac, `AWS4${secretAccessKey}`))
    .update(toSign)
    .digest("hex");
  return {
    "x-amz-date": time,
    "x-amz-security-token": sessionToken,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`,
  };
}

async function main() {
  const assumed = await post(
    new URLSearchParams({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: roleArn,
      RoleSessionName: "floor",
      WebIdentityToken: process.env.GITLAB_OIDC_TOKEN,
    }).toString(),
  );
  const credentials = {
    accessKeyId: element(assumed, "AccessKeyId"),
    secretAccessKey: element(assumed, "SecretAccessKey"),
    sessionToken: element(assumed, "SessionToken"),
  };
  const question = "Action=GetCallerIdentity&Version=2011-06-15";
  console.log(element(await post(question, sign(question, credentials)), "Arn"));
  process.exit(0);
}

main();
