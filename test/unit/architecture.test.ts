import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

interface SourceFile {
  /** Below `src/` or `test/`, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Without comments, where words like "process" are only words. */
  readonly code: string;
  readonly imports: readonly string[];
}

function readFolder(folder: string): readonly SourceFile[] {
  const paths = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
  return paths
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => /\.tsx?$/.test(path) && !path.includes("node_modules"))
    .map((path) => {
      const text = readFileSync(join(ROOT, folder, path), "utf8");
      const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
      const imports = [...code.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name = ""]) => name);
      return { path, text, code, imports };
    });
}

const SOURCES = readFolder("src").filter(({ path }) => !path.endsWith(".d.ts"));
const TESTS = readFolder("test");
const PLAYGROUND = readFolder("playground");
const STAND_INS = readFolder("stand-ins");

/** The process edge: all that may touch the process, files, the clock, the network and the AWS SDK. */
const EDGE = /^(?:main\.ts$|edge\/)/;
const PURE = SOURCES.filter(({ path }) => !EDGE.test(path));

/** From the top down; a file may import from its own layer and those below it. */
const LAYERS: readonly { readonly name: string; readonly files: RegExp }[] = [
  { name: "main", files: /^main\.ts$/ },
  { name: "cli", files: /^cli\.ts$/ },
  { name: "edge", files: /^edge\// },
  { name: "commands", files: /^commands\// },
  { name: "config", files: /^config\// },
  { name: "gitlab", files: /^gitlab\// },
  { name: "aws", files: /^aws\// },
  { name: "output", files: /^output\// },
  { name: "foundation", files: /^foundation\// },
];
const SIBLINGS = ["gitlab", "aws", "output"];

function layerOf(path: string): string {
  return LAYERS.find(({ files }) => files.test(path))?.name ?? "none";
}

function heightOf(layer: string): number {
  return LAYERS.findIndex(({ name }) => name === layer);
}

function mayImport(importer: string, imported: string): boolean {
  if (importer === imported) return true;
  if (SIBLINGS.includes(importer) && SIBLINGS.includes(imported)) return false;
  return heightOf(importer) < heightOf(imported);
}

/** `cli.ts → commands/doctor.ts`, for every import of one source file by another. */
function importsWithin(files: readonly SourceFile[]) {
  return files.flatMap(({ path, imports }) =>
    imports
      .filter((name) => name.startsWith("."))
      .map((name) => ({ importer: path, imported: posix.join(posix.dirname(path), name) })),
  );
}

/** The circles of imports: each a list of files that lead to one another. Tarjan's algorithm, as types count too. */
function circlesOf(files: readonly SourceFile[]): readonly (readonly string[])[] {
  const imports = new Map(
    files.map((file) => [file.path, importsWithin([file]).map(({ imported }) => imported)]),
  );
  const order = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  /** Gives the earliest file still open that a file leads to, by its number. */
  const visit = (path: string): number => {
    const number = order.size;
    order.set(path, number);
    open.push(path);
    const reached = (imports.get(path) ?? []).map((imported) => {
      const known = order.get(imported);
      if (known === undefined) return visit(imported);
      return open.includes(imported) ? known : number;
    });
    const earliest = Math.min(number, ...reached);
    if (earliest === number) {
      const component = open.splice(open.indexOf(path));
      if (component.length > 1) circles.push(component.sort());
    }
    return earliest;
  };
  for (const { path } of files) if (!order.has(path)) visit(path);
  return circles;
}

/** The rooms of `aws/trust-policy/`, and which others each may import from; what lies above them may import from all. */
const TRUST_POLICY_ROOMS: Readonly<Record<string, readonly string[]>> = {
  model: [],
  evaluate: ["model"],
  lint: ["evaluate", "model"],
  explain: ["evaluate", "model"],
};

function trustPolicyRoomOf(path: string): string | undefined {
  return /^aws\/trust-policy\/([a-z-]+)\//.exec(path)?.[1];
}

/** Where a pattern stands in the code, as `file: what stands there`. */
function findings(files: readonly SourceFile[], pattern: RegExp): readonly string[] {
  return files.flatMap(({ path, code }) =>
    [...code.matchAll(new RegExp(pattern, "gm"))].map(([found]) => `${path}: ${found.trim()}`),
  );
}

describe("the source", () => {
  it("lies in the folders of its layers", () => {
    expect(SOURCES.map(({ path }) => path).filter((path) => layerOf(path) === "none")).toEqual([]);
  });

  it("imports downwards only, and never between gitlab, aws and output", () => {
    const wrong = importsWithin(SOURCES).filter(
      ({ importer, imported }) =>
        !imported.startsWith("../stand-ins/") && !mayImport(layerOf(importer), layerOf(imported)),
    );
    expect(wrong).toEqual([]);
  });

  it("has no circles of imports, of types neither", () => {
    expect(circlesOf(SOURCES)).toEqual([]);
  });

  it("has rooms for trust policies, whose imports go one way", () => {
    const rooms = SOURCES.map(({ path }) => trustPolicyRoomOf(path)).filter((room) => room !== undefined);
    expect([...new Set(rooms)].sort()).toEqual(Object.keys(TRUST_POLICY_ROOMS).sort());
    const wrong = importsWithin(SOURCES).filter(({ importer, imported }) => {
      const room = trustPolicyRoomOf(importer);
      if (room === undefined || !imported.startsWith("aws/trust-policy/")) return false;
      const other = trustPolicyRoomOf(imported);
      return other === undefined || (other !== room && !TRUST_POLICY_ROOMS[room]?.includes(other));
    });
    expect(wrong).toEqual([]);
  });

  it("imports the AWS SDK in the client of STS only", () => {
    const importers = SOURCES.filter(({ imports }) => imports.some((name) => name.startsWith("@aws-sdk/")));
    expect(importers.map(({ path }) => path)).toEqual(["edge/sts-client.ts", "edge/sts-requests.ts"]);
  });

  it("imports packages and Node's own modules at the edge only", () => {
    // `yaml` only reads a text.
    const reader = "commands/migrate/pipeline/pipeline.ts";
    const wrong = PURE.filter(({ path, imports }) =>
      imports.some((name) => !(name === "yaml" && path === reader) && !name.startsWith(".")),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it("is compiled without the platform's types, except for the edge", () => {
    const config = readFileSync(join(ROOT, "tsconfig.pure.json"), "utf8").replaceAll(/^\s*\/\/.*$/gm, "");
    const { exclude } = JSON.parse(config);
    expect([...exclude].sort()).toEqual(["src/edge", "src/main.ts"]);
  });

  it("takes time, chance, output and the environment from the host, except for the edge", () => {
    const reached =
      /\bprocess\.|\bconsole\.(?:log|info|warn|error|debug)\b|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bglobalThis\b|\bfetch\(|\bset(?:Timeout|Interval)\(/;
    expect(findings(PURE, reached)).toEqual([]);
  });

  it("reveals secrets only where they are sent, written, decoded or looked for", () => {
    const callers = SOURCES.filter(({ code }) => /\.reveal\(\)/.test(code)).map(({ path }) => path);
    expect(callers.sort()).toEqual([
      "commands/exchange.ts",
      "config/checkout-inputs.ts",
      "edge/signed-url.ts",
      "edge/sts-client.ts",
      "gitlab/id-token.ts",
      "output/redactor.ts",
    ]);
  });

  it("keeps its files short, except for tables of data", () => {
    const tables = /^(?:config\/inputs\/inputs|aws\/error-catalogue\/[a-z-]+-entries)\.ts$/;
    const lengths = SOURCES.map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }));
    const limitOf = (path: string) => (path === "main.ts" ? 40 : 250);
    const long = lengths.filter(({ path, lines }) => lines > limitOf(path) && !tables.test(path));
    expect(long).toEqual([]);
  });

  it("declares no variable without a value", () => {
    expect(findings(SOURCES, /\blet \w+(?:: [^=;]+)?;/)).toEqual([]);
  });

  it("takes no switch as a parameter where a word would say more", () => {
    const domain = SOURCES.filter(({ path }) => SIBLINGS.includes(layerOf(path)));
    expect(findings(domain, /[(,]\s*\w+: boolean\b(?!\s*[;}])/)).toEqual([]);
  });
});

describe("the playground", () => {
  /** The rooms without a view, which run without a browser. */
  const ANSWERS = /^(?:answers|link|policy-text)\//;

  it("is a view of the source, which knows nothing of it", () => {
    const wrong = SOURCES.filter(({ imports }) => imports.some((name) => name.includes("playground/")));
    expect(wrong.map(({ path }) => path)).toEqual([]);
    expect(
      PLAYGROUND.flatMap(({ imports }) => imports).filter((name) => name.includes("src/")).length,
    ).toBeGreaterThan(20);
  });

  it("imports of the source what runs without Node, and of packages the view library alone", () => {
    const outside = PLAYGROUND.flatMap(({ path, imports }) =>
      imports.map((name) =>
        name.startsWith(".") ? posix.join("playground", posix.dirname(path), name) : name,
      ),
    );
    expect(outside.filter((name) => /^src\/(?:edge\/|main\.ts$)|^(?:build|test|bench)\//.test(name))).toEqual(
      [],
    );
    const packages = outside.filter((name) => !/^(?:src|playground)\//.test(name));
    expect([...new Set(packages)].sort()).toEqual(["@preact/signals", "preact", "preact/hooks"]);
  });

  it("answers without its view, and without circles", () => {
    const answers = PLAYGROUND.filter(({ path }) => ANSWERS.test(path));
    const wrong = importsWithin(answers).filter(
      ({ imported }) => !ANSWERS.test(imported) && !imported.startsWith("../src/"),
    );
    expect(wrong).toEqual([]);
    expect(answers.filter(({ imports }) => imports.some((name) => !name.startsWith(".")))).toEqual([]);
    expect(circlesOf(PLAYGROUND)).toEqual([]);
  });

  it("asks nobody, and stores nothing", () => {
    const reached =
      /\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|localStorage|sessionStorage|indexedDB|document\.cookie/;
    expect(findings(PLAYGROUND, reached)).toEqual([]);
  });
});

describe("the stand-ins", () => {
  it("share nothing with the source: they import themselves and Node's own modules, without circles", () => {
    const outside = STAND_INS.flatMap(({ path, imports }) =>
      imports.map((name) =>
        name.startsWith(".") ? posix.join("stand-ins", posix.dirname(path), name) : name,
      ),
    );
    expect(outside.length).toBeGreaterThan(50);
    expect(outside.filter((name) => !/^(?:stand-ins\/|node:)/.test(name))).toEqual([]);
    expect(circlesOf(STAND_INS)).toEqual([]);
  });

  it("are started in one place of the source, and the playground knows nothing of them", () => {
    const importers = [...SOURCES, ...PLAYGROUND].filter(({ imports }) =>
      imports.some((name) => name.includes("stand-ins/")),
    );
    expect(importers.map(({ path }) => path)).toEqual(["edge/sandbox/stand-in-world.ts"]);
  });
});

describe("the search for circles", () => {
  const file = (path: string, ...imports: readonly string[]): SourceFile => ({
    path,
    text: "",
    code: "",
    imports,
  });

  it("finds every file of each, and nothing that only leads to one", () => {
    const files = [
      file("a.ts", "./b.ts"),
      file("b.ts", "./deep/c.ts", "./f.ts"),
      file("deep/c.ts", "../d.ts"),
      file("d.ts", "./b.ts", "./deep/c.ts"),
      file("e.ts", "./f.ts"),
      file("f.ts", "./e.ts"),
    ];
    expect(circlesOf(files)).toEqual([
      ["e.ts", "f.ts"],
      ["b.ts", "d.ts", "deep/c.ts"],
    ]);
  });
});

describe("the tests", () => {
  const others = TESTS.filter(({ path }) => path !== "unit/architecture.test.ts");

  it("replace no module and watch no function: the stand-ins behave like the real things", () => {
    expect(findings(others, /\bvi\.(?:mock|doMock|hoisted|spyOn|fn|stub\w+|useFakeTimers)\b/)).toEqual([]);
  });

  it("all run", () => {
    expect(
      findings(others, /\b(?:it|test|describe|suite)\.(?:skip|only|todo|fails)\b|\.skipIf\(|\.runIf\(/),
    ).toEqual([]);
  });

  it("of units lie where the source lies, that of the build included", () => {
    const folders = (files: readonly SourceFile[]) => new Set(files.map(({ path }) => posix.dirname(path)));
    const sources = folders(SOURCES).add("build");
    for (const folder of folders(PLAYGROUND)) sources.add(posix.join("playground", folder));
    const units = TESTS.filter(({ path }) => path.startsWith("unit/")).map((file) => ({
      ...file,
      path: file.path.slice("unit/".length),
    }));
    expect([...folders(units)].filter((folder) => !sources.has(folder))).toEqual([]);
  });
});

it("has no default exports, whose names nobody can search for", () => {
  expect(findings([...SOURCES, ...TESTS, ...readFolder("build")], /^export default\b.*/)).toEqual([]);
});
