import type { Metafile } from "esbuild";
import budget from "../bench/budget.json" with { type: "json" };
import type { Bundle } from "./bundle.ts";
import { STAND_IN_FOLDER, STAND_INS } from "./sdk-trimming.ts";

type BundledCode = Pick<Bundle, "code" | "metafile">;

/** What is wrong with a bundle, and what to do about it. */
export interface BundleProblem {
  readonly found: string;
  readonly fix: string;
}

/** Text that has no business in the bundle, wherever it comes from. */
const FORBIDDEN_TEXTS: readonly string[] = [
  "child_process",
  "worker_threads",
  "process.binding",
  "process.dlopen",
  "eval(",
  "new Function",
  "import(",
  // The instance metadata service, which some part of the SDK would ask for a Region or for credentials.
  "169.254.169.254",
];

/** Hosts that may be named, for requests and in messages: those of AWS and GitLab. */
const KNOWN_HOSTS = /^(?:[\w-]+\.)*(?:amazonaws\.com|aws\.amazon\.com|gitlab\.com|example\.com)$/;

/** Modules that do the work. One that is gone was renamed, or is no longer used. */
const REQUIRED_MODULES: readonly string[] = [
  "@aws-sdk/client-sts/dist-es/models/errors.js",
  "@aws-sdk/client-sts/dist-es/schemas/schemas_0.js",
  "@aws-sdk/core/dist-es/submodules/protocols/query/AwsQueryProtocol.js",
  "@aws-sdk/xml-builder/dist-es/xml-parser.js",
  "@smithy/node-http-handler/dist-es/node-http-handler.js",
  "@smithy/signature-v4/dist-es/SignatureV4Base.js",
];

/** Modules that no request of ours needs: they cost bytes, or read files and services that nobody told us to read. */
const FORBIDDEN_MODULES: readonly RegExp[] = [
  /@aws\/lambda-invoke-store\//,
  /@aws-sdk\/(?:credential-provider|nested-clients|signature-v4-multi-region|token-providers)/,
  /@aws-sdk\/client-sts\/dist-es\/(?:auth|commands|endpoint)\//,
  /@aws-sdk\/client-sts\/dist-es\/(?:STS|STSClient|runtimeConfig.*)\.js$/,
  /@aws-sdk\/core\/dist-es\/submodules\/(?:client|httpAuthSchemes)\//,
  /@smithy\/(?:credential-provider-imds|fetch-http-handler)\//,
  /\/submodules\/(?:cbor|checksum|config|endpoints|event-streams|retry)\//,
  /\/submodules\/protocols\/(?:cbor|json)\//,
  /\/submodules\/protocols\/(?:HttpBinding\w+|HttpProtocol|RpcProtocol)\.js$/,
  /\/middleware-stack\//,
];

const AFTER_UPGRADE =
  "After an upgrade of the SDK: find what took its place, and correct the tables in build/sdk-trimming.ts and build/bundle-guard.ts.";

/** @throws Error with everything that is wrong, so that an upgrade of the SDK that moves something cannot go unseen */
export function assertBundle(bundle: BundledCode): void {
  const problems = findBundleProblems(bundle);
  if (problems.length === 0) return;
  const lines = problems.map(({ found, fix }) => `- ${found}\n  → ${fix}`);
  throw new Error(`The bundle is not what it should be.\n${lines.join("\n")}`);
}

/** Checks the bundle's text, and what went into it. */
export function findBundleProblems({ code, metafile }: BundledCode): readonly BundleProblem[] {
  const text = code.toString("latin1");
  const modules = bundledModules(metafile);
  return [
    ...checkText(text),
    ...checkExternals(text),
    ...checkModules(modules),
    ...checkStandIns(Object.keys(metafile.inputs)),
    ...checkDynamicImports(metafile, modules),
    ...checkVersions(modules),
  ];
}

function checkText(text: string): readonly BundleProblem[] {
  const forbidden = FORBIDDEN_TEXTS.filter((part) => text.includes(part)).map((part) => ({
    found: `the text ${JSON.stringify(part)} is in it`,
    fix: "Do without what brought it in; a plain word in a message can be worded otherwise.",
  }));
  const hosts = [...text.matchAll(/https?:\/\/((?:[\w-]+\.)+[a-z]+)(?![\w.-])/g)].map(
    ([, host = ""]) => host,
  );
  const unknown = [...new Set(hosts)]
    .filter((host) => !KNOWN_HOSTS.test(host))
    .map((host) => ({
      found: `the host ${host} is named in it`,
      fix: "If it belongs there, add it to KNOWN_HOSTS in build/bundle-guard.ts.",
    }));
  const [character] = /[^\t\n\x20-\x7e]/.exec(text) ?? [];
  const beyondAscii =
    character === undefined
      ? []
      : [
          {
            found: `the character ${JSON.stringify(character)} is in it`,
            fix: 'Keep `charset: "ascii"`: the loader decodes the text byte by byte.',
          },
        ];
  return [...forbidden, ...unknown, ...beyondAscii];
}

function checkExternals(text: string): readonly BundleProblem[] {
  const loaded = [...text.matchAll(/\brequire\("(?:node:)?([\w/]+)"\)/g)].map(([, name = ""]) => name);
  const actual = [...new Set(loaded)];
  const expected = budget.externalModules;
  return [
    ...actual
      .filter((name) => !expected.includes(name))
      .map((name) => ({
        found: `it loads ${name}`,
        fix: "Do without it, or add it to externalModules in bench/budget.json and say why in the commit.",
      })),
    ...expected
      .filter((name) => !actual.includes(name))
      .map((name) => ({
        found: `it no longer loads ${name}`,
        fix: "Take it out of externalModules in bench/budget.json.",
      })),
  ];
}

/** Paths of the modules that have code in the output, with `/` on every platform. */
function bundledModules({ outputs }: Metafile): readonly string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
}

function checkModules(modules: readonly string[]): readonly BundleProblem[] {
  const missing = REQUIRED_MODULES.filter((path) => !modules.some((module) => module.endsWith(`/${path}`)));
  const unwanted = modules.filter((module) => FORBIDDEN_MODULES.some((pattern) => pattern.test(module)));
  return [
    ...missing.map((path) => ({ found: `${path} is not in it`, fix: AFTER_UPGRADE })),
    ...unwanted.map((path) => ({ found: `${path} is in it`, fix: AFTER_UPGRADE })),
  ];
}

/** A stand-in that nothing asks for stands in for nothing: what it was for came back under another name. */
function checkStandIns(inputs: readonly string[]): readonly BundleProblem[] {
  const unused = Object.entries(STAND_INS).filter(
    ([, file]) => !inputs.includes(`${STAND_IN_FOLDER}/${file}`),
  );
  return unused.map(([name]) => ({ found: `nothing in it imports ${name} any more`, fix: AFTER_UPGRADE }));
}

/** What the SDK would load later, it would also keep whole: what is imported dynamically cannot be shaken. */
function checkDynamicImports({ inputs }: Metafile, bundled: readonly string[]): readonly BundleProblem[] {
  const edges = Object.entries(inputs)
    .filter(([importer]) => importer.includes("node_modules/"))
    .flatMap(([importer, { imports }]) =>
      imports
        .filter(({ kind, path }) => kind === "dynamic-import" && bundled.includes(path))
        .map(({ path }) => ({ importer, path })),
    );
  return edges.map(({ importer, path }) => ({
    found: `${importer} imports ${path} dynamically`,
    fix: "Give its target a stand-in in build/sdk-trimming.ts.",
  }));
}

function checkVersions(modules: readonly string[]): readonly BundleProblem[] {
  const folders = new Map<string, Set<string>>();
  for (const module of modules) {
    const [folder, name] = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(module) ?? [];
    if (folder === undefined || name === undefined) continue;
    folders.set(name, (folders.get(name) ?? new Set()).add(folder));
  }
  return [...folders]
    .filter(([, { size }]) => size > 1)
    .map(([name]) => ({ found: `two versions of ${name} are in it`, fix: "Run `npm dedupe`." }));
}
