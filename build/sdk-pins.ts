import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Files of the SDK whose behaviour `build/sdk-stand-ins/` repeats instead of using them, and their SHA-256: what changes in
 * one of them may have to change here too. The tables of Regions are not among them, since `test/unit/aws` compares those.
 */
export const SDK_PINS: Readonly<Record<string, string>> = {
  "@aws-sdk/client-sts/dist-es/STSClient.js":
    "6f0a1dcb689b809a1daf4ece20d0bcfbb9937493ea1bcc4fd727a141fe49b34a",
  "@aws-sdk/client-sts/dist-es/auth/httpAuthSchemeProvider.js":
    "f18dc5226630dc00aaaa266d02e2c9c31d9fee3e85bc991a71fc3afbb1caf04f",
  "@aws-sdk/client-sts/dist-es/commandBuilder.js":
    "4bf23cba9db93e3d77b3c6970114266e787c82bb9f3fa931f53cb09b13fc457f",
  "@aws-sdk/client-sts/dist-es/commands/AssumeRoleCommand.js":
    "6f8506634b0dc2e60791431e5bffdbe22dc724cf6235aadd3a53e40eccf87fbe",
  "@aws-sdk/client-sts/dist-es/commands/AssumeRoleWithWebIdentityCommand.js":
    "5ad1bcbdbe14e0a08cf84359361a450ea9209fa74c8f5bdae45050e18185306b",
  "@aws-sdk/client-sts/dist-es/commands/GetCallerIdentityCommand.js":
    "8a42a5c9b420f81852ee99fc26c00946f39a5a6b1cbdaa6e703762873393c8f0",
  "@aws-sdk/client-sts/dist-es/endpoint/EndpointParameters.js":
    "f8ad1ff4e80734123ee4b414042e32dcd2165beffcda8816a3d15bfd07bfc701",
  "@aws-sdk/client-sts/dist-es/endpoint/bdd.js":
    "ffd40553d0b97c3683f530e0e695a8dfa18bb0f90b8ec0e3f98e5541976b0eac",
  "@aws-sdk/client-sts/dist-es/endpoint/endpointResolver.js":
    "85d0f4cfcaab244f8a0e3020a61057327cfbe800e69103c17d64b94b42d0dcb8",
  "@aws-sdk/client-sts/dist-es/runtimeConfig.js":
    "d9fc5b9d8ae7af5115ed9e5134b201c36dc8b76d1663873306e6a62e03559032",
  "@aws-sdk/client-sts/dist-es/runtimeConfig.shared.js":
    "8d6d45d9c7cde0774d047618ab00e3058598d2de7f64c5a2c6e65841ddaba656",
  "@aws-sdk/core/dist-es/submodules/client/middleware-host-header/hostHeaderMiddleware.js":
    "809793e08a49c979900bce46f36433b20c4e2fa6c81d394e67813725412232fb",
  "@aws-sdk/core/dist-es/submodules/client/middleware-logger/loggerMiddleware.js":
    "0448f287de1664540e6331241b3ea10d4abf55624400139d57cd5a2e00cb57c5",
  "@aws-sdk/core/dist-es/submodules/client/middleware-recursion-detection/getRecursionDetectionPlugin.js":
    "245a5a67431b66683779e6ce4b09340af248643184d252f0a743c2afb6e0bb8a",
  "@aws-sdk/core/dist-es/submodules/client/middleware-recursion-detection/recursionDetectionMiddleware.js":
    "cec26b92be1b2ab3723495a8d414acc6e4a5e9f49aa860cab58daf0e8930f80c",
  "@aws-sdk/core/dist-es/submodules/client/middleware-user-agent/check-features.js":
    "4bb9d81d0f0698c84b3a046cc3f192e9e72fbbc972a9d718f6d6e02eb517af21",
  "@aws-sdk/core/dist-es/submodules/client/middleware-user-agent/configurations.js":
    "8ef3d005929c55fea8ab61dc21f79b115687904b493146ba2a7781ce71e1e85a",
  "@aws-sdk/core/dist-es/submodules/client/middleware-user-agent/constants.js":
    "e80bc9ca1c77569076817569a981e5a09e982af132b772a68af953a41113681b",
  "@aws-sdk/core/dist-es/submodules/client/middleware-user-agent/encode-features.js":
    "51bfb4199dccef94e6dfd780abd942f5f2bf364cb9622273bedfc983ef655bcb",
  "@aws-sdk/core/dist-es/submodules/client/middleware-user-agent/user-agent-middleware.js":
    "251a98992a5bf3eb7b9182a5c352f45db690acc37e62aacd32e4328551442ad4",
  "@aws-sdk/core/dist-es/submodules/client/setCredentialFeature.js":
    "f6cb193ddfcbf62eb6b160eb4c55facad570d78958af3bce4a79678b909fed0a",
  "@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partition.js":
    "d20fb415a0643b3680fcc0f84597b68c6b3e05e3417adcefd983c8bf252e7521",
  "@aws-sdk/core/dist-es/submodules/client/util-user-agent-node/defaultUserAgent.js":
    "d5065fccf755c80c434c6afee4118b4582f7f6e2216b6487e69fde78400cb072",
  "@aws-sdk/core/dist-es/submodules/client/util-user-agent-node/getRuntimeUserAgentPair.js":
    "5a41f7a5956815fa03d0b4cae3c598015bf23b233a0f97e49c770346fa031011",
  "@aws-sdk/core/dist-es/submodules/client/util-user-agent-node/is-crt-available.js":
    "b8d0cd589059a5690e05e4b5e5600394d9a4102a653841eeb54ee266a87651e4",
  "@aws-sdk/core/dist-es/submodules/httpAuthSchemes/aws_sdk/AwsSdkSigV4Signer.js":
    "097a0c0c31b6fe73e35ff2506caf13a50dce43f4dd70d2decd0bf74af01d0428",
  "@aws-sdk/core/dist-es/submodules/httpAuthSchemes/aws_sdk/resolveAwsSdkSigV4Config.js":
    "c5c9e653a8875a18bdc23c3c05c2bef3c5e16e86519d1c712c8ccdb2e19dd6fc",
  "@aws-sdk/core/dist-es/submodules/httpAuthSchemes/utils/getDateHeader.js":
    "10f5fbb20bb20f79cef0ef0a8507e57871e55bb681143ace73b282f6b27ac49b",
  "@aws-sdk/core/dist-es/submodules/httpAuthSchemes/utils/getSkewCorrectedDate.js":
    "bd9bf12cf3d0f624c932d347df3a8ef98f6db1a874f39e244d3db68ba77a39f2",
  "@aws-sdk/core/dist-es/submodules/httpAuthSchemes/utils/getUpdatedSystemClockOffset.js":
    "ade6ef03ddfbcc9212f697f311b3dd935bd40c5809f448d2c7a251900e37f4d0",
  "@aws-sdk/signature-v4-multi-region/dist-es/SignatureV4MultiRegion.js":
    "b85448d40b79c5a9a58583381694f2f079dd7ef24c880110be36ef949a7bbab8",
  "@smithy/core/dist-es/legacy-root-exports/middleware-http-auth-scheme/getHttpAuthSchemeEndpointRuleSetPlugin.js":
    "5efb92f63c5e5227e43c6cffc1bcb35eca43e916b34a79f051d1fb230729914c",
  "@smithy/core/dist-es/legacy-root-exports/middleware-http-auth-scheme/httpAuthSchemeMiddleware.js":
    "fa279e03dd04d557d4d7487a82cd18a31911b41c401378250f8b469a7c235ef2",
  "@smithy/core/dist-es/legacy-root-exports/middleware-http-auth-scheme/resolveAuthOptions.js":
    "f0262f541cde5dfa93a26906c4760462a14ecc1dd89f9dc66a93607f2c7d02e5",
  "@smithy/core/dist-es/legacy-root-exports/middleware-http-signing/getHttpSigningMiddleware.js":
    "faf80fd09eb4ef9897aef2a3c4713b7ef1ec6ef0be09dcaf7d5b581b2450de82",
  "@smithy/core/dist-es/legacy-root-exports/middleware-http-signing/httpSigningMiddleware.js":
    "3b7e0f86966053000e218d2031cbbb9c8530bde3cd9cc4f169f2716f2f544ec3",
  "@smithy/core/dist-es/submodules/client/middleware-stack/MiddlewareStack.js":
    "e7be4d7f281e4e587144bd3a7f470991f374693ebe0eb9bc35946690bb4d43b8",
  "@smithy/core/dist-es/submodules/client/smithy-client/client-command-builder.js":
    "0b35bfe414ae3124af3036f7912a6fa273d345e80350430dd159e9e1cb8ec6cd",
  "@smithy/core/dist-es/submodules/client/smithy-client/client.js":
    "aba79a9f480b403e683f92b868c4b0a98cef0d0425b91c8b5fac93eca92bc55a",
  "@smithy/core/dist-es/submodules/client/smithy-client/command.js":
    "2e99f33b18fa0cfdef502db9b84721973b9221d89692a717c63578204f6f4cc9",
  "@smithy/core/dist-es/submodules/endpoints/middleware-endpoint/adaptors/createConfigValueProvider.js":
    "33b30756ca8300b37e5365e41e0b6f5fcf7b43d52fcf98df76a5a36d052fde9d",
  "@smithy/core/dist-es/submodules/endpoints/middleware-endpoint/adaptors/getEndpointFromInstructions.js":
    "e081e7c361d398bb9868bf3e35cb56f244a8255e436169d436b91932c0117738",
  "@smithy/core/dist-es/submodules/endpoints/middleware-endpoint/endpointMiddleware.js":
    "e0d03d523e8b7f848b29fb19b1f43f2b9940cf5ab7184f0709d3fb61381819b0",
  "@smithy/core/dist-es/submodules/endpoints/middleware-endpoint/getEndpointPlugin.js":
    "fc8b400bc842e13c01382cae0c618b23144322a0813da9bfa1aa5f3bd940d207",
  "@smithy/core/dist-es/submodules/endpoints/middleware-endpoint/resolveEndpointConfig.js":
    "85bc51e0a2e0cdbd80e222c4f9f8b3271d1d04dad1d1ab100457802c798fff18",
  "@smithy/core/dist-es/submodules/protocols/HttpProtocol.js":
    "af4f0e3d3b7168d8e777291a46c23b210cf2fbbc935093daaf538a044300abc6",
  "@smithy/core/dist-es/submodules/protocols/RpcProtocol.js":
    "d7d6a0c489986f491f2e920599756c564e5cbf5c78013bf8451cada43edba2d0",
  "@smithy/core/dist-es/submodules/protocols/collect-stream-body.js":
    "86b348bba3213d8987189e06de2a327f76ab3e9d5f0c62a201b6955d556ef4b0",
  "@smithy/core/dist-es/submodules/protocols/middleware-content-length/contentLengthMiddleware.js":
    "f9db2511b02d1bc9575c5c512e6ee60b31cb32e0bff9c5bc7f263146f517c029",
  "@smithy/core/dist-es/submodules/protocols/serde/FromStringShapeDeserializer.js":
    "911f67c795ccebaa346569b0406d596d85d25b4208d7078cc8d4027169961abe",
  "@smithy/core/dist-es/submodules/retry/middleware-retry/retryMiddleware.js":
    "81dd350119d23837340cc22ebd6e6b565edd817e90f465ad45d223ca514c6a62",
  "@smithy/core/dist-es/submodules/schema/middleware/getSchemaSerdePlugin.js":
    "7bfb8ef14d9ce3548f9e75879c8c9cd885d113019a9f46658febc025e7f607ca",
  "@smithy/core/dist-es/submodules/schema/middleware/schemaDeserializationMiddleware.js":
    "b50e0a8f2109ee0c447ecbd22b76fe3899867d65b59d8f78cb6207cf9924f1fb",
  "@smithy/core/dist-es/submodules/schema/middleware/schemaSerializationMiddleware.js":
    "5c0658ed35f087d691a1beec1b87cc79c21a1a0aa40ccb21f4496c8e3f4a2e73",
  "@smithy/signature-v4/dist-es/SignatureV4.js":
    "634af3e93dc5f4b2bcac3189ae6a95bf1b16f5d94702fdd3811cafd6848b34e9",
};

/** @throws Error with every pinned file that is another now, so that an upgrade of the SDK cannot change it unseen */
export function assertSdkPins(root: string): void {
  const changed = findChangedPins((path) => readFileSync(join(root, "node_modules", path)));
  if (changed.length === 0) return;
  throw new Error(
    [
      "The SDK changed files whose behaviour build/sdk-stand-ins/ repeats.",
      ...changed.map(({ path, found }) => `- ${path}: ${found}`),
      "→ Compare each with the former release, repeat what changed in build/sdk-stand-ins/, add what is new to",
      "  test/bundle/sdk-differential.test.ts and run that, then correct SDK_PINS in build/sdk-pins.ts.",
    ].join("\n"),
  );
}

export interface ChangedPin {
  readonly path: string;
  readonly found: string;
}

/** Pinned files that are gone or have another content; `read` throws for a file that is not there. */
export function findChangedPins(read: (path: string) => Uint8Array): readonly ChangedPin[] {
  return Object.entries(SDK_PINS)
    .map(([path, pin]) => ({ path, pin, found: hashOf(read, path) }))
    .filter(({ pin, found }) => found !== pin)
    .map(({ path, found }) => ({ path, found: found ?? "gone" }));
}

function hashOf(read: (path: string) => Uint8Array, path: string): string | undefined {
  try {
    return createHash("sha256").update(read(path)).digest("hex");
  } catch {
    return undefined;
  }
}
