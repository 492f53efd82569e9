import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { type Listener, startListener } from "../../stand-ins/http-listener.ts";

/** Long-term or temporary credentials that this IAM knows, and the roles of their account. */
export interface IamWorld {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** By name. */
  readonly roles: Readonly<Record<string, { readonly arn: string; readonly trustPolicy: object }>>;
  /** Denies `iam:GetRole`. */
  readonly denies?: boolean;
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Verifies a signature in the query string: what was sent, without the signature, in order. */
function assertSigned(target: string, host: string, world: IamWorld): void {
  const [path = "", query = ""] = target.split("?");
  const members = query.split("&");
  const [signature = ""] = members.filter((member) => member.startsWith("X-Amz-Signature="));
  const signed = members.filter((member) => member !== signature);
  const given = new URLSearchParams(query);
  const [accessKeyId, ...scope] = (given.get("X-Amz-Credential") ?? "").split("/");
  if (
    accessKeyId !== world.accessKeyId ||
    given.get("X-Amz-Security-Token") !== (world.sessionToken ?? null)
  ) {
    throw new Refusal(403, "InvalidClientTokenId", "The security token included in the request is invalid.");
  }
  const time = given.get("X-Amz-Date") ?? "";
  if (scope.join("/") !== `${time.slice(0, 8)}/us-east-1/iam/aws4_request`) {
    throw new Refusal(403, "SignatureDoesNotMatch", "Credential should be scoped to a valid region.");
  }
  const isSorted = signed.join("&") === [...signed].sort().join("&");
  const request = ["GET", path, signed.join("&"), `host:${host}\n`, "host", sha256("")].join("\n");
  const text = ["AWS4-HMAC-SHA256", time, scope.join("/"), sha256(request)].join("\n");
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${world.secretAccessKey}`);
  const expected = Buffer.from(`X-Amz-Signature=${hmac(key, text).toString("hex")}`);
  const actual = Buffer.from(signature);
  if (!isSorted || expected.length !== actual.length || !timingSafeEqual(expected, actual)) {
    throw new Refusal(403, "SignatureDoesNotMatch", "The request signature we calculated does not match.");
  }
}

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html */
function getRole(target: string, world: IamWorld): string {
  const query = new URLSearchParams(target.split("?")[1]);
  if (query.get("Action") !== "GetRole" || query.get("Version") !== "2010-05-08") {
    throw new Refusal(400, "InvalidAction", "Could not find operation");
  }
  const name = query.get("RoleName") ?? "";
  if (world.denies) {
    const who = "arn:aws:iam::123456789012:user/ada";
    throw new Refusal(
      403,
      "AccessDenied",
      `User: ${who} is not authorized to perform: iam:GetRole on resource: role ${name}`,
    );
  }
  const role = world.roles[name];
  if (role === undefined)
    throw new Refusal(404, "NoSuchEntity", `The role with name ${name} cannot be found.`);
  const document = encodeURIComponent(JSON.stringify(role.trustPolicy));
  return `<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role><Path>/</Path><Arn>${role.arn}</Arn><RoleName>${name}</RoleName><AssumeRolePolicyDocument>${document}</AssumeRolePolicyDocument></Role></GetRoleResult></GetRoleResponse>`;
}

/** Starts a stand-in for IAM on loopback, which knows `GetRole` with a signature in the query string. */
export function startIam(world: IamWorld): Promise<Listener> {
  return startListener({
    handle: async ({ url = "", headers: { host = "" } }, response) => {
      try {
        assertSigned(url, host, world);
        const answer = getRole(url, world);
        response.writeHead(200, { "content-type": "text/xml" }).end(answer);
      } catch (error) {
        const { status, code, message } =
          error instanceof Refusal ? error : new Refusal(500, "ServiceFailure", String(error));
        response
          .writeHead(status, { "content-type": "text/xml" })
          .end(
            `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
          );
      }
    },
  });
}
