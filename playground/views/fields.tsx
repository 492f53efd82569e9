import { useId } from "preact/hooks";
import type { Input } from "../../src/config/inputs/input.ts";
import type { Fields } from "../answers/page-host.ts";
import { inPageWords, labelOf } from "../answers/page-words.ts";
import { maskTokens } from "../answers/pasted-claims.ts";
import { Sentence } from "./prose.tsx";

/** One field of a form, and how to change it. */
interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string | undefined;
  readonly placeholder?: string | undefined;
  readonly problem?: string | undefined;
  readonly isRequired?: boolean | undefined;
}

/** The typed text, with tokens masked. */
export function takeText(field: HTMLInputElement | HTMLTextAreaElement): string {
  const text = maskTokens(field.value);
  if (text !== field.value) field.value = text;
  return text;
}

export function TextField({ label, value, onChange, hint, placeholder, problem, isRequired }: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>
        {label}
        {isRequired && <span class="muted"> (required)</span>}
      </label>
      <input
        id={id}
        value={value}
        placeholder={placeholder}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        aria-invalid={problem === undefined ? undefined : "true"}
        aria-describedby={`${id}-hint`}
        onInput={(event) => onChange(takeText(event.currentTarget))}
      />
      <p id={`${id}-hint`} class={problem === undefined ? "hint" : "hint wrong"}>
        <Sentence text={problem ?? hint ?? ""} />
      </p>
    </div>
  );
}

function SelectField({
  label,
  value,
  onChange,
  hint,
  options,
}: FieldProps & { readonly options: readonly string[] }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
      <p id={`${id}-hint`} class="hint">
        <Sentence text={hint ?? ""} />
      </p>
    </div>
  );
}

function CheckField({ label, value, onChange, hint }: FieldProps) {
  const id = useId();
  return (
    <div class="field check">
      <input
        id={id}
        type="checkbox"
        checked={value !== ""}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.currentTarget.checked ? "true" : "")}
      />
      <label for={id}>{label}</label>
      <p id={`${id}-hint`} class="hint">
        <Sentence text={hint ?? ""} />
      </p>
    </div>
  );
}

/** The fields of a form, their values, and what is wrong with some of them. */
export interface FormProps {
  readonly fields: Fields;
  readonly onChange: (name: string, value: string) => void;
  readonly problemOf?: (name: string) => string | undefined;
}

/** A field of the right kind for an input of the table. */
export function InputField({ input, fields, onChange, problemOf }: FormProps & { readonly input: Input }) {
  const { name, description, options, value: takes, default: initial, placeholder } = input;
  const props = {
    label: labelOf(name),
    value: fields[name] ?? "",
    hint: inPageWords(description),
    onChange: (value: string) => onChange(name, value),
    problem: problemOf?.(name),
    isRequired: initial === undefined,
    placeholder: initial === undefined || initial === "" ? placeholder : String(initial),
  };
  if (takes === "none") return <CheckField {...props} />;
  if (options === undefined) return <TextField {...props} />;
  return <SelectField {...props} value={props.value || String(initial ?? "")} options={options} />;
}
