import { Autocomplete, MultiSelect, NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Json } from "../../../../src/workflow/values.ts";
import { useLanguage } from "../../language.ts";
import {
  asWritten,
  referencesOf,
  valueOf,
  type SourceReference,
  type SourceSpec,
} from "./source-references.ts";

interface SourceFieldProps {
  spec: SourceSpec;
  value: Json | undefined;
  error: string | null;
  references: readonly SourceReference[];
  onChange: (value: Json | null) => void;
}

/** A parameter that takes what earlier steps have made: files are chosen, a text may be written as well. */
export function SourceField({ spec, value, error, references, onChange }: SourceFieldProps) {
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
      <Autocomplete
        {...shared}
        placeholder={t("editor.sources.dataExample")}
        data={data}
        value={typeof value === "string" || value === undefined ? (value ?? "") : JSON.stringify(value)}
        comboboxProps={{ withinPortal: false }}
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
    <MultiSelect
      {...shared}
      placeholder={chosen.length === 0 ? t("editor.sources.choose") : ""}
      data={data}
      value={chosen}
      hidePickedOptions
      comboboxProps={{ withinPortal: false }}
      onChange={(next) => {
        onChange(valueOf(next));
      }}
    />
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
