import { Button, NativeSelect, Switch, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ParameterSpec } from "../../../../src/workflow/models.ts";
import type { Json } from "../../../../src/workflow/values.ts";
import { NumberField } from "../../components/number-field.tsx";
import { useLanguage } from "../../language.ts";
import { useFormat } from "../../use-format.ts";
import { MendButtons } from "./mend-buttons.tsx";
import { unitOf } from "./parameter-order.ts";
import { ReferenceText } from "./reference-text.tsx";
import classes from "./fields.module.css";

/** Texts no longer than this are titles and names, on one line. */
const ONE_LINE_CHARACTERS = 300;

interface ParameterFieldProps {
  name: string;
  spec: ParameterSpec;
  value: Json | undefined;
  error: string | null;
  onChange: (value: Json | null) => void;
}

/** One parameter of a model, in a field that suits it, with the way back to the model's default. */
export function ParameterField({ name, spec, value, error, onChange }: ParameterFieldProps) {
  const { t } = useTranslation();
  const label = spec.label[useLanguage()];
  const isText = spec.type !== "boolean" && spec.type !== "choice" && !isNumberField(spec, value);
  return (
    <div>
      <ParameterInput name={name} spec={spec} value={value} error={error} onChange={onChange} />
      {!isText && <MendButtons place={`parameters.${name}`} />}
      {value !== undefined && error === null && (
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          className={classes.reset}
          aria-label={t("fields.parameter.resetNamed", { name: label })}
          onClick={() => {
            onChange(null);
          }}
        >
          {t("fields.parameter.reset")}
        </Button>
      )}
    </div>
  );
}

function isNumberField(spec: ParameterSpec, value: Json | undefined): boolean {
  return (spec.type === "integer" || spec.type === "number") && typeof value !== "string";
}

function ParameterInput({ name, spec, value, error, onChange }: ParameterFieldProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const label = spec.label[language];
  const format = useFormat();
  const help = spec.help?.[language] ?? null;
  const usual =
    spec.default === undefined
      ? t("editor.modelDefault")
      : t("editor.default", {
          value: typeof spec.default === "number" ? format.number(spec.default) : spec.default,
        });
  if (spec.type === "boolean") {
    return (
      <Switch
        size="md"
        className={classes.parameterSwitch}
        label={label}
        description={help}
        checked={typeof value === "boolean" ? value : (spec.default ?? false)}
        error={error}
        onChange={(event) => {
          onChange(event.currentTarget.checked);
        }}
      />
    );
  }
  if (spec.type === "choice") {
    const chosen = typeof value === "string" ? value : "";
    const listed = spec.values.includes(chosen) || chosen === "" ? spec.values : [...spec.values, chosen];
    return (
      <NativeSelect
        size="md"
        label={label}
        error={error}
        description={help}
        inputWrapperOrder={["label", "input", "description", "error"]}
        data={[{ value: "", label: usual }, ...listed]}
        value={chosen}
        onChange={(event) => {
          onChange(event.currentTarget.value === "" ? null : event.currentTarget.value);
        }}
      />
    );
  }
  if ((spec.type === "integer" || spec.type === "number") && typeof value !== "string") {
    const unit = unitOf(name);
    const range = t("editor.range", { min: format.number(spec.min), max: format.number(spec.max) });
    return (
      <NumberField
        label={label}
        error={error}
        inputWrapperOrder={["label", "input", "description", "error"]}
        description={help === null ? range : `${range}. ${help}`}
        placeholder={usual}
        allowsDecimals={spec.type === "number"}
        allowsNegative={spec.min < 0}
        rightSection={unit === null ? undefined : <Text size="sm">{unit}</Text>}
        value={typeof value === "number" ? value : null}
        onChange={onChange}
      />
    );
  }
  // A text, or what an earlier step gives; a list that was written as JSON stays as it is until it is changed.
  const most = spec.type === "string" ? spec.max_length : null;
  return (
    <ReferenceText
      place={`parameters.${name}`}
      label={label}
      error={error}
      description={help}
      placeholder={usual}
      minRows={1}
      maxRows={6}
      isOneLine={most === null || most <= ONE_LINE_CHARACTERS}
      value={value === undefined || typeof value === "string" ? (value ?? "") : JSON.stringify(value)}
      onChange={(text) => {
        onChange(text === "" ? null : text);
      }}
    />
  );
}
