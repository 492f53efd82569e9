/** A line that separates the program from the rest. */
export const END_OF_PROGRAM = "// The end of what a job of assume-role carries.";

/** A line that separates what jobs carry from what is for the command line. */
export const END_OF_DOCTOR = "// The end of what a job of doctor carries.";

/** The start of the script's last line, with the texts of the templates. */
const TEMPLATES = "// The templates, as JSON: ";

/** The texts of the components' templates, by path. */
export type Templates = Readonly<Record<string, string>>;

/** Appends the templates to a script, in ASCII. */
export function appendTemplates(code: Buffer, templates: Templates): Buffer {
  const json = JSON.stringify(templates).replaceAll(/[^\x20-\x7e]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return Buffer.concat([code, Buffer.from(`${TEMPLATES}${json}\n`)]);
}

/** The parts of a script that its components carry. */
export interface ScriptParts {
  readonly assumeRoleCode: Buffer;
  readonly doctorCode: Buffer;
  readonly templates: Templates;
}

/** Splits a script again; `undefined` for any other file, such as the source. */
export function readScript(script: Buffer): ScriptParts | undefined {
  // Jobs do not carry the line for the shell that starts the file.
  const start = script.subarray(0, 2).equals(Buffer.from("#!")) ? script.indexOf("\n") + 1 : 0;
  const [program, doctor] = [END_OF_PROGRAM, END_OF_DOCTOR].map((line) => {
    const at = script.indexOf(`\n${line}\n`);
    return at < 0 ? undefined : script.subarray(start, at + line.length + 2);
  });
  const at = script.lastIndexOf(`\n${TEMPLATES}`);
  if (program === undefined || doctor === undefined || at < 0) return undefined;
  const json = script.subarray(at + 1 + TEMPLATES.length).toString("latin1");
  return { assumeRoleCode: program, doctorCode: doctor, templates: JSON.parse(json) };
}
