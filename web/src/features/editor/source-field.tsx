import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Json } from "../../../../src/workflow/values.ts";
import { useLanguage } from "../../language.ts";
import { MendButtons } from "../fields/mend-buttons.tsx";
import { ReferenceText } from "../fields/reference-text.tsx";
import { SourceList } from "../fields/source-list.tsx";
import {
  asWritten,
  referencesOf,
  valueOf,
  type SourceReference,
  type SourceSpec,
} from "./source-references.ts";

interface SourceFieldProps {
  /** Of the parameter. */
  name: string;
  spec: SourceSpec;
  value: Json | undefined;
  error: string | null;
  references: readonly SourceReference[];
  onChange: (value: Json | null) => void;
}

/** A parameter that takes what earlier steps have made: files are chosen, a text may be written as well. */
export function SourceField(props: SourceFieldProps) {
  const isWritten = props.spec.type === "data";
  return (
    <div>
      <SourceInput {...props} />
      {!isWritten && <MendButtons place={`parameters.${props.name}`} />}
    </div>
  );
}

function SourceInput({ name, spec, value, error, references, onChange }: SourceFieldProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const labelOf = useReferenceLabel();
  const chosen = referencesOf(value);
  const known = asWritten(references, chosen).map((source) => ({
    value: source.reference,
    label: labelOf(source),
  }));
  // One that was written by hand, such as a part of a list, stays what it is.
  const others = chosen.filter((reference) => known.every((one) => one.value !== reference));
  const data = [
    ...known,
    ...[...new Set(others)].map((reference) => ({ value: reference, label: reference })),
  ];
  const shared = { size: "md", label: spec.label[language], error } as const;
  if (spec.type === "data") {
    return (
      <DataField
        place={`parameters.${name}`}
        label={spec.label[language]}
        error={error}
        data={known}
        value={typeof value === "string" || value === undefined ? (value ?? "") : JSON.stringify(value)}
        onChange={(text) => {
          onChange(text === "" ? null : text);
        }}
      />
    );
  }
  if (data.length === 0) {
    return (
      <NativeSelect
        {...shared}
        disabled
        description={t("editor.sources.noneFits")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        data={[{ value: "", label: t("editor.sources.none") }]}
      />
    );
  }
  if (spec.max === 1 && chosen.length <= 1) {
    return (
      <NativeSelect
        {...shared}
        data={[{ value: "", label: t("editor.sources.none") }, ...data]}
        value={chosen[0] ?? ""}
        onChange={(event) => {
          onChange(valueOf(event.currentTarget.value === "" ? [] : [event.currentTarget.value]));
        }}
      />
    );
  }
  return (
    <SourceList
      label={spec.label[language]}
      description={t("fields.sources.count", { min: spec.min, max: spec.max })}
      error={error}
      data={data}
      chosen={chosen}
      onChange={(next) => {
        onChange(valueOf(next));
      }}
    />
  );
}

interface DataFieldProps {
  place: string;
  label: string;
  error: string | null;
  data: readonly { value: string; label: string }[];
  value: string;
  onChange: (text: string) => void;
}

/** Value of the entry that opens the text field. No reference looks like this. */
const WRITE = "write";

/** What one step has made, chosen by its name; or a text with references, in a field of its own. */
function DataField({ place, label, error, data, value, onChange }: DataFieldProps) {
  const { t } = useTranslation();
  const [wantsText, setWantsText] = useState(false);
  const isListed = value === "" || data.some((one) => one.value === value);
  const isText = wantsText || !isListed;
  return (
    <>
      <NativeSelect
        size="md"
        label={label}
        error={isText ? null : error}
        data={[
          { value: "", label: t("editor.sources.none") },
          ...data,
          { value: WRITE, label: t("fields.sources.write") },
        ]}
        value={isText ? WRITE : value}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          setWantsText(chosen === WRITE);
          if (chosen !== WRITE) onChange(chosen);
        }}
      />
      {isText ? (
        <ReferenceText
          place={place}
          label={t("fields.sources.text", { name: label })}
          error={error}
          minRows={1}
          maxRows={6}
          value={value}
          onChange={onChange}
        />
      ) : (
        <MendButtons place={place} />
      )}
    </>
  );
}

/** What stands for a reference in a list: the step with its name and what it makes. */
function useReferenceLabel(): (source: SourceReference) => string {
  const { t } = useTranslation();
  return ({ reference, step, medium }) => {
    if (step === undefined) {
      return reference === "{item}" ? t("editor.sources.item") : reference;
    }
    const name = step.name ?? t("editor.step", { number: step.step_number });
    const part = /\.(.+)\}$/.exec(reference)?.[1];
    const what = part ?? (medium === null ? "" : t(`medium.${medium}`));
    const many = step.for_each !== null && part === undefined ? ` · ${t("editor.sources.all")}` : "";
    return `${step.step_number} · ${name}${what === "" ? "" : ` · ${what}`}${many}`;
  };
}
