import type { ComponentName, Input } from "./input.ts";
import { componentInputsOf } from "./inputs.ts";

/** The project that has the components, as far as anybody knows who does not run in it. */
const COMPONENT_PROJECT = "$CI_SERVER_FQDN/<group>/aws-oidc";

/** A component as an element of `include:`. */
export interface Inclusion {
  readonly component: ComponentName;
  /** Where it is published: `$CI_SERVER_FQDN/acme/aws-oidc`. */
  readonly project?: string | undefined;
  readonly version?: string | undefined;
  /** By the name of the input; an empty text is one that is not given. */
  readonly inputs: Readonly<Record<string, string | undefined>>;
}

/** The lines of an element of `include:`, without the dash; inputs that are at their default are left out. */
export function renderInclusion({ component, project, version, inputs }: Inclusion): readonly string[] {
  const given = componentInputsOf(component).flatMap(({ name, type, default: initial }) => {
    const text = inputs[name] ?? "";
    const isDefault = text === "" || text === String(initial ?? "");
    return isDefault ? [] : [`    ${name}: ${renderScalar(text, type)}`];
  });
  const address = `${project || COMPONENT_PROJECT}/${component}@${version || "1"}`;
  return [`component: ${renderAddress(address)}`, ...(given.length === 0 ? [] : ["  inputs:", ...given])];
}

/** Text that YAML reads as this very text, and as nothing else. */
const PLAIN = /^(?=.*[A-Za-z])(?!\.\d)[A-Za-z$/.](?:[\w$./@+=:-]*[\w$./@+=-])?$/;

const RESERVED = /^(?:true|false|yes|no|on|off|null|y|n|\.inf|\.nan)$/i;

/** An address of a component, its placeholder included, is plain in YAML; a link may give any text in its place. */
const ADDRESS = /^[\w$][\w$<>{}./:-]*@[\w.~-]+$/;

function renderAddress(address: string): string {
  return ADDRESS.test(address) ? address : JSON.stringify(address);
}

/** A text as YAML writes it. */
export function renderScalar(text: string, type: Input["type"]): string {
  if (type === "number") return text;
  return PLAIN.test(text) && !RESERVED.test(text) ? text : JSON.stringify(text);
}
