// biome-ignore-all lint/correctness/noUndeclaredDependencies: the SDK's own packages, in the versions that it brings along
import type {
  AwsCredentialIdentity,
  HttpHandlerOptions,
  HttpRequest,
  HttpResponse,
  RequestHandler,
  StreamCollector,
} from "@smithy/types";

/** The settings of `src/aws/sdk-sts.ts` that can differ; the others are what this client does anyway. */
export interface ClientConfig {
  readonly region: string;
  readonly endpoint?: string;
  readonly useDualstackEndpoint: boolean;
  readonly useFipsEndpoint: boolean;
  readonly credentials?: AwsCredentialIdentity;
  readonly requestHandler: RequestHandler<HttpRequest, HttpResponse, HttpHandlerOptions>;
  readonly streamCollector: StreamCollector;
  readonly userAgentAppId: string;
}
