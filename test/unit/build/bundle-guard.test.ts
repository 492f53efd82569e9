import type { Metafile } from "esbuild";
import { describe, expect, it } from "vitest";
import type { Bundle } from "../../../build/bundle.ts";
import { assertBundle, findBundleProblems } from "../../../build/bundle-guard.ts";
import { readBuiltBundle } from "../../harness/built-bundle.ts";

const STS_SCHEMAS = "node_modules/@aws-sdk/client-sts/dist-es/schemas/schemas_0.js";

const bundle = readBuiltBundle();

function found(changed: Partial<Bundle>): readonly string[] {
  return findBundleProblems({ ...bundle, ...changed }).map((problem) => problem.found);
}

function withCode(text: string): Partial<Bundle> {
  return { code: Buffer.concat([bundle.code, Buffer.from(text)]) };
}

/** The same metafile after a change to the output that has the SDK. */
function withOutput(
  change: (output: Metafile["outputs"][string]) => Partial<Metafile["outputs"][string]>,
): Partial<Bundle> {
  const { outputs } = bundle.metafile;
  const [path, output] = Object.entries(outputs).find(([, { inputs }]) => STS_SCHEMAS in inputs) ?? [];
  if (path === undefined || output === undefined) throw new Error("no output has the SDK");
  return {
    metafile: { ...bundle.metafile, outputs: { ...outputs, [path]: { ...output, ...change(output) } } },
  };
}

function withModule(path: string): Partial<Bundle> {
  return withOutput(({ inputs }) => ({ inputs: { ...inputs, [path]: { bytesInOutput: 1 } } }));
}

describe("the guard of the bundle", () => {
  it("has nothing to say about the bundle as it is", () => {
    expect(findBundleProblems(bundle)).toEqual([]);
  });

  it("finds in what jobs carry a module that starts programs, which the command line may load", () => {
    const doctorCode = Buffer.concat([bundle.doctorCode, Buffer.from('require("node:child_process")')]);
    expect(found({ doctorCode })).toEqual([
      'the text "child_process" is in what jobs carry',
      "it loads child_process",
    ]);
    expect(found(withCode('require("node:child_process")'))).toEqual([]);
  });

  it("finds in what jobs carry a character that cannot be seen", () => {
    const doctorCode = Buffer.concat([bundle.doctorCode, Buffer.from([2])]);
    expect(found({ doctorCode })).toEqual(['the character "\\u0002" is in it']);
  });

  it.each(["eval('1')", "new Function('')", "await import('x')", "http://169.254.169.254/latest"])(
    "finds %s in the text",
    (text) => {
      expect(found(withCode(text))).toEqual([expect.stringMatching(/^the text ".+" is in it$/)]);
    },
  );

  it("finds a character beyond ASCII", () => {
    expect(found({ code: Buffer.concat([bundle.code, Buffer.from([0xe9])]) })).toEqual([
      'the character "é" is in it',
    ]);
  });

  it("finds a host that nobody expects", () => {
    expect(found(withCode('"https://telemetry.example.net/v1"'))).toEqual([
      "the host telemetry.example.net is named in it",
    ]);
  });

  it("knows hosts of AWS and GitLab, and those that are put together at run time", () => {
    const urls = [
      "https://sts.eu-west-1.amazonaws.com/",
      "https://docs.gitlab.com/ci/",
      "https://sts.{Region}.{suffix}",
    ];
    expect(found(withCode(urls.join(" ")))).toEqual([]);
  });

  it("finds a module of Node that is new", () => {
    expect(found(withCode('require("node:dgram")'))).toEqual(["it loads dgram"]);
    expect(found(withCode('require("dns/promises")'))).toEqual(["it loads dns/promises"]);
  });

  it("finds a package that was left out because nothing was to ask for it", () => {
    expect(found(withCode('require("@smithy/core/event-streams")'))).toEqual([
      "it loads @smithy/core/event-streams",
    ]);
  });

  it.each([
    "node_modules/@aws-sdk/credential-provider-ini/dist-es/fromIni.js",
    "node_modules/@aws-sdk/nested-clients/dist-es/submodules/sts/STSClient.js",
    "node_modules/@smithy/core/dist-es/submodules/config/shared-ini-file-loader/readFile.js",
  ])("finds %s, which no request needs", (path) => {
    expect(found(withModule(path))).toEqual([`${path} is in it`]);
  });

  it("finds a package that is in it twice", () => {
    const nested = "node_modules/@aws-sdk/client-sts/node_modules/@smithy/core/dist-es/index.js";
    expect(found(withModule(nested))).toEqual(["two versions of @smithy/core are in it"]);
  });

  it("finds a module of the SDK that another one imports dynamically", () => {
    const input = bundle.metafile.inputs[STS_SCHEMAS];
    if (input === undefined) throw new Error("the schemas are in the bundle");
    const target = "node_modules/@smithy/signature-v4/dist-es/SignatureV4Base.js";
    const imports = [...input.imports, { path: target, kind: "dynamic-import" } as const];
    const inputs = { ...bundle.metafile.inputs, [STS_SCHEMAS]: { ...input, imports } };
    expect(found({ metafile: { ...bundle.metafile, inputs } })).toEqual([
      `${STS_SCHEMAS} imports ${target} dynamically`,
    ]);
  });

  it("says everything at once, and what to do about it", () => {
    const { metafile = bundle.metafile } = withModule(
      "node_modules/@aws-sdk/token-providers/dist-es/index.js",
    );
    const { code = bundle.code } = withCode("eval(1)");
    expect(() => assertBundle({ ...bundle, code, metafile })).toThrowErrorMatchingInlineSnapshot(`
      [Error: The bundle is not what it should be.
      - the text "eval(" is in it
        → Remove what brought it in; a plain word in a message can be reworded.
      - node_modules/@aws-sdk/token-providers/dist-es/index.js is in it
        → Find what in src/edge/ leads to it, and use a smaller part of the SDK.]
    `);
  });
});
