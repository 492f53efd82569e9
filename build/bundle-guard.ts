import type { Metafile } from "esbuild";
import budget from "../bench/budget.json" with { type: "json" };
import type { Bundle } from "./bundle.ts";

type BundledCode = Pick<Bundle, "code" | "doctorCode" | "metafile">;

/** What is wrong with a bundle, and what to do about it. */
export interface BundleProblem {
  readonly found: string;
  readonly fix: string;
}

/** Text that must not be in what jobs carry; on the command line, programs are run: git, and what `sandbox` is given. */
const FORBIDDEN_IN_JOBS: readonly string[] = ["child_process"];

/** Text that must not be in the bundle, wherever it comes from. */
const FORBIDDEN_TEXTS: readonly string[] = [
  "worker_threads",
  "process.binding",
  "process.dlopen",
  "eval(",
  "new Function",
  "import(",
  // The instance metadata service, which some parts of the SDK would ask for a Region or credentials.
  "169.254.169.254",
];

/** Hosts that may be named, in requests and messages: those of AWS and GitLab. */
const KNOWN_HOSTS = /^(?:[\w-]+\.)*(?:amazonaws\.com|aws\.amazon\.com|gitlab\.com|example\.com)$/;

/** Parts of the SDK that our requests do not need: they read files, or ask services, that nobody asked for. */
const FORBIDDEN_MODULES: readonly RegExp[] = [
  /@aws\/lambda-invoke-store\//,
  /@aws-sdk\/(?:credential-provider|nested-clients|token-providers)/,
  /@smithy\/(?:credential-provider-imds|fetch-http-handler)\//,
  /\/shared-ini-file-loader\//,
];

/** @throws Error with everything that is wrong, so that an SDK upgrade that moves something is noticed */
export function assertBundle(bundle: BundledCode): void {
  const problems = findBundleProblems(bundle);
  if (problems.length === 0) return;
  const lines = problems.map(({ found, fix }) => `- ${found}\n  → ${fix}`);
  throw new Error(`The bundle is not what it should be.\n${lines.join("\n")}`);
}

/** Checks the bundle's text, and what went into it. */
export function findBundleProblems({ code, doctorCode, metafile }: BundledCode): readonly BundleProblem[] {
  const text = code.toString("latin1");
  // What jobs of the doctor carry begins with what those of assume-role carry.
  const inJobs = doctorCode.toString("latin1");
  const modules = bundledModules(metafile);
  return [
    ...checkText(text),
    ...findTexts(inJobs, FORBIDDEN_IN_JOBS, "what jobs carry"),
    ...findCharacter(inJobs, /[^\t\n\x20-\x7e]/),
    ...checkExternals(inJobs, "externalModules"),
    ...checkExternals(text, "commandLineModules"),
    ...checkModules(modules),
    ...checkDynamicImports(metafile, modules),
    ...checkVersions(modules),
  ];
}

function findTexts(text: string, forbidden: readonly string[], where: string): readonly BundleProblem[] {
  return forbidden
    .filter((part) => text.includes(part))
    .map((part) => ({
      found: `the text ${JSON.stringify(part)} is in ${where}`,
      fix: "Remove what brought it in; a plain word in a message can be reworded.",
    }));
}

function checkText(text: string): readonly BundleProblem[] {
  const forbidden = findTexts(text, FORBIDDEN_TEXTS, "it");
  const hosts = [...text.matchAll(/https?:\/\/((?:[\w-]+\.)+[a-z]+)(?![\w.-])/g)].map(
    ([, host = ""]) => host,
  );
  const unknown = [...new Set(hosts)]
    .filter((host) => !KNOWN_HOSTS.test(host))
    .map((host) => ({
      found: `the host ${host} is named in it`,
      fix: "If it belongs there, add it to KNOWN_HOSTS in build/bundle-guard.ts.",
    }));
  return [...forbidden, ...unknown, ...findCharacter(text, /[\u0080-\uffff]/)];
}

function findCharacter(text: string, unexpected: RegExp): readonly BundleProblem[] {
  const [character] = unexpected.exec(text) ?? [];
  if (character === undefined) return [];
  return [
    {
      found: `the character ${JSON.stringify(character)} is in it`,
      fix: 'Keep `charset: "ascii"`: the loader decodes the text byte by byte.',
    },
  ];
}

/** The modules of Node that the text loads; those of the command line come on top of those of jobs. */
function checkExternals(
  text: string,
  list: "externalModules" | "commandLineModules",
): readonly BundleProblem[] {
  const allowed = [...budget.externalModules, ...(list === "commandLineModules" ? budget[list] : [])];
  const loaded = [...text.matchAll(/\brequire\("(?:node:)?([^."][^"]*)"\)/g)].map(([, name = ""]) => name);
  return [...new Set(loaded)]
    .filter((name) => !allowed.includes(name))
    .map((name) => ({
      found: `it loads ${name}`,
      fix: `Do without it, or add it to ${list} in bench/budget.json and say why in the commit.`,
    }));
}

/** Paths of the modules that have code in the output, with `/` on every platform. */
function bundledModules({ outputs }: Metafile): readonly string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
}

function checkModules(modules: readonly string[]): readonly BundleProblem[] {
  const unwanted = modules.filter((module) => FORBIDDEN_MODULES.some((pattern) => pattern.test(module)));
  return unwanted.map((path) => ({
    found: `${path} is in it`,
    fix: "Find what in src/edge/ leads to it, and use a smaller part of the SDK.",
  }));
}

/** What the SDK loads later stays whole: dynamic imports cannot be tree-shaken. */
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
    fix: "If nothing of ours reaches that, add its package to NEVER_REACHED in build/bundle.ts.",
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
