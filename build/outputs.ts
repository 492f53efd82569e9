import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { renderRuntime, runtimeHash, stampRuntime } from "../src/edge/sandbox/runtime.ts";
import { appendTemplates, type Templates } from "../src/edge/sandbox/script-parts.ts";
import { type Bundle, bundleScript } from "./bundle.ts";
import { drawDiagrams } from "./diagrams.ts";
import {
  renderFlags,
  renderInputsTable,
  renderSpecInputs,
  renderUsualInputs,
  renderVariables,
  replaceBlock,
} from "./generated-blocks.ts";
import { renderLicences } from "./licences.ts";
import { renderPlayground } from "./playground.ts";
import { renderCatalogue } from "./troubleshooting-page.ts";

/** Every file that the build creates or fills in: its path below the root, and its required content. */
export type Outputs = ReadonlyMap<string, string>;

/** The outputs that a shell can start. */
export const EXECUTABLES: readonly string[] = ["dist/aws-oidc.cjs"];

const TEMPLATES = ["assume-role", "web-identity", "doctor"] as const;

/** The shell commands of every hidden job to extend: they handle the roles of all components, whichever comes last. */
const JOB_ROLES = "build/job-roles.sh";

const TROUBLESHOOTING = "docs/troubleshooting.md";

/** Computes all outputs from the source; writes nothing. */
export async function renderOutputs(root: string): Promise<Outputs> {
  const { version } = JSON.parse(read(root, "package.json"));
  const bundle = await bundleScript(root);
  const { assumeRoleCode, doctorCode, metafile } = bundle;
  const playground = await renderPlayground(root);
  return new Map([
    ["dist/aws-oidc.cjs", renderScript(root, bundle).toString("latin1")],
    ["dist/runtime.yml", renderRuntime(assumeRoleCode, { version, command: "assume-role" })],
    ["dist/doctor-runtime.yml", renderRuntime(doctorCode, { version, command: "doctor" })],
    ["dist/playground.html", playground.html],
    [
      "dist/THIRD-PARTY-LICENSES.txt",
      renderLicences(root, {
        "dist/aws-oidc.cjs": metafile,
        "dist/playground.html": playground.metafile,
      }),
    ],
    ...Object.entries(renderTemplates(root, bundle)),
    ["README.md", replaceBlock(read(root, "README.md"), "usual inputs", renderUsualInputs())],
    ["docs/inputs.md", renderInputsPage(root)],
    ["docs/reference.md", replaceBlock(read(root, "docs/reference.md"), "flags", renderFlags())],
    [TROUBLESHOOTING, replaceBlock(read(root, TROUBLESHOOTING), "catalogue", renderCatalogue())],
    ...globSync("docs/use/*.md", { cwd: root })
      .sort()
      .map((path) => [path, fillExamples(root, path)] as const),
    ...drawDiagrams(),
  ]);
}

/** The script as it is released: followed by the templates. */
export function renderScript(root: string, bundle: Bundle): Buffer {
  return appendTemplates(bundle.code, renderTemplates(root, bundle));
}

function renderTemplates(root: string, { assumeRoleCode, doctorCode }: Bundle): Templates {
  const templates = TEMPLATES.map((name) => {
    const carried = name === "assume-role" ? assumeRoleCode : doctorCode;
    return [`templates/${name}.yml`, renderTemplate(root, name, runtimeHash(carried))] as const;
  });
  return Object.fromEntries(templates);
}

function renderTemplate(root: string, name: (typeof TEMPLATES)[number], hash: string): string {
  const template = read(root, `templates/${name}.yml`);
  // The jobs of `web-identity` run no script of ours.
  const stamped = name === "web-identity" ? template : stampRuntime(template, hash);
  const withInputs = replaceBlock(stamped, "inputs", renderSpecInputs(name));
  const withVariables = replaceBlock(withInputs, "variables", renderVariables(name));
  return name === "doctor" ? withVariables : replaceBlock(withVariables, "roles", read(root, JOB_ROLES));
}

function renderInputsPage(root: string): string {
  return TEMPLATES.reduce(
    (text, name) => replaceBlock(text, `inputs of ${name}`, renderInputsTable(name)),
    read(root, "docs/inputs.md"),
  );
}

/** Inserts the files of `examples/` that a page shows, so that nothing is written twice. */
function fillExamples(root: string, path: string): string {
  const page = read(root, path);
  const shown = [...page.matchAll(/^<!-- generated: (examples\/\S+\.(\w+)) -->$/gm)];
  return shown.reduce((text, [, file = "", extension = ""]) => {
    const language = extension === "tf" ? "hcl" : "yaml";
    return replaceBlock(text, file, `\`\`\`${language}\n${read(root, file)}\`\`\`\n`);
  }, page);
}

function read(root: string, path: string): string {
  return readFileSync(join(root, path), "utf8");
}
