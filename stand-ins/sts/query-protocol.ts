/** Parameters of a request in the AWS Query protocol: lists as `Name.member.1`, structures as `Name.Member`. */
export class QueryParameters {
  readonly #fields: URLSearchParams;

  constructor(body: string) {
    this.#fields = new URLSearchParams(body);
  }

  get(name: string): string | undefined {
    return this.#fields.get(name) ?? undefined;
  }

  /** The strings of a list, or one field of each of its structures. */
  list(name: string, field?: string): readonly (string | undefined)[] {
    const values: (string | undefined)[] = [];
    const suffix = field === undefined ? "" : `.${field}`;
    const present = new Set(this.#memberNumbers(name));
    for (let member = 1; present.has(member); member += 1) {
      values.push(this.get(`${name}.member.${member}${suffix}`));
    }
    return values;
  }

  entries(): readonly (readonly [string, string])[] {
    return [...this.#fields];
  }

  #memberNumbers(name: string): number[] {
    const prefix = `${name}.member.`;
    return [...this.#fields.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => Number.parseInt(key.slice(prefix.length), 10));
  }
}

/** Content of an XML element; members that are `undefined` are left out, as the service does. */
export type XmlContent = string | number | { readonly [element: string]: XmlContent | undefined };

const NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

function renderContent(content: XmlContent, indent: string): string {
  if (typeof content !== "object") {
    return String(content).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
  }
  const elements = Object.entries(content).map(([name, value]) =>
    value === undefined ? "" : `\n${indent}  <${name}>${renderContent(value, `${indent}  `)}</${name}>`,
  );
  return `${elements.join("")}\n${indent}`;
}

function renderDocument(root: string, content: XmlContent): string {
  return `<${root} xmlns="${NAMESPACE}">${renderContent(content, "")}</${root}>\n`;
}

/** Renders the answer of an operation. */
export function renderResult(action: string, result: XmlContent, requestId: string): string {
  return renderDocument(`${action}Response`, {
    [`${action}Result`]: result,
    ResponseMetadata: { RequestId: requestId },
  });
}

export interface ErrorDescription {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Renders a refusal; a status of 500 or more is the receiver's fault. */
export function renderError(error: ErrorDescription, requestId: string): string {
  return renderDocument("ErrorResponse", {
    Error: {
      Type: error.status >= 500 ? "Receiver" : "Sender",
      Code: error.code,
      Message: error.message,
    },
    RequestId: requestId,
  });
}
