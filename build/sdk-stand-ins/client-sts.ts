// biome-ignore-all lint/correctness/noUndeclaredDependencies: the SDK's own packages, in the versions that it brings along
import { AssumeRole$, AssumeRoleWithWebIdentity$, GetCallerIdentity$ } from "@aws-sdk/client-sts";
import { v4 } from "@smithy/core/serde";
import type { HttpHandlerOptions, HttpRequest, MetadataBearer, StaticOperationSchema } from "@smithy/types";
import { markAttempt } from "./sts/attempt.ts";
import type { ClientConfig } from "./sts/config.ts";
import { resolveEndpoint } from "./sts/endpoint.ts";
import { deserializeReply, serializeRequest } from "./sts/protocol.ts";
import { Signer } from "./sts/signer.ts";
import { buildUserAgent } from "./sts/user-agent.ts";

interface Command {
  readonly schema: StaticOperationSchema;
  readonly input: object;
}

/**
 * In place of the SDK's client. That finds out at run time, by a stack of middleware, a set of rules and a choice of schemes,
 * what is known of the three operations here: their steps, their endpoints, and which of them are signed.
 *
 * Schemas, protocol and signatures stay the SDK's own. The files whose behaviour is repeated are pinned in
 * `build/sdk-pins.ts`, and `test/bundle/sdk-differential.test.ts` compares the two clients byte by byte.
 */
export class STSClient {
  readonly #config: ClientConfig;
  readonly #signer: Signer;

  constructor(config: ClientConfig) {
    this.#config = config;
    this.#signer = new Signer(config);
  }

  async send({ schema, input }: Command, options: HttpHandlerOptions = {}): Promise<MetadataBearer> {
    const isSigned = schema !== AssumeRoleWithWebIdentity$;
    const request = await this.#buildRequest({ schema, input }, isSigned);
    const exchange = async (sent: HttpRequest) => {
      const { response } = await this.#config.requestHandler.handle(sent, options);
      return { response, output: await deserializeReply(schema, response, this.#config) };
    };
    try {
      const { output } = await (isSigned ? this.#signer.send(request, exchange) : exchange(request));
      return markAttempt(output);
    } catch (error) {
      throw error instanceof Error ? markAttempt(error) : error;
    }
  }

  /** Its headers in the order in which the SDK's middleware adds them. */
  async #buildRequest({ schema, input }: Command, isSigned: boolean): Promise<HttpRequest> {
    const endpoint = resolveEndpoint(this.#config);
    const request = await serializeRequest({ schema, input, endpoint });
    const { hostname, port, body, headers } = request;
    headers["content-length"] = String(Buffer.byteLength(body));
    Object.assign(headers, buildUserAgent(this.#config, isSigned));
    headers.host = port === undefined ? hostname : `${hostname}:${port}`;
    headers["amz-sdk-invocation-id"] = v4();
    headers["amz-sdk-request"] = "attempt=1; max=1";
    return request;
  }
}

/** In place of the SDK's classes of commands: an operation, and what it is told. */
const commandOf = (schema: StaticOperationSchema) =>
  class implements Command {
    readonly schema = schema;
    readonly input: object;

    constructor(input: object) {
      this.input = input;
    }
  };

export const AssumeRoleCommand = commandOf(AssumeRole$);
export const AssumeRoleWithWebIdentityCommand = commandOf(AssumeRoleWithWebIdentity$);
export const GetCallerIdentityCommand = commandOf(GetCallerIdentity$);
