import { Button, NativeSelect, Switch, TextInput } from "@mantine/core";
import { IconAdjustmentsHorizontal } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { WorkflowInput } from "../../../../src/workflow/definition.ts";
import type { ModelCatalogue, ParameterSpec } from "../../../../src/workflow/models.ts";
import type { Json } from "../../../../src/workflow/values.ts";
import { NumberField } from "../../components/number-field.tsx";
import { useLanguage } from "../../language.ts";
import { withParameter, type DraftStep } from "./draft.ts";
import { messagesUnder, messageUnder, type PlacedMessages } from "./problems.ts";
import { SourceField } from "./source-field.tsx";
import { isSourceSpec, sourceReferences } from "./source-references.ts";
import classes from "./editor.module.css";

interface ParameterFieldsProps {
  step: DraftStep;
  /** All steps and inputs of the workflow: what earlier ones make can fill a parameter. */
  steps: readonly DraftStep[];
  inputs: readonly WorkflowInput[];
  catalogue: ModelCatalogue;
  specs: Record<string, ParameterSpec>;
  /** Whether others than `specs` are wrong; otherwise nobody knows them, or they are left out. */
  isChecked: boolean;
  problems: PlacedMessages;
  path: string;
  onChange: (parameters: DraftStep["parameters"]) => void;
}

/** The parameters of the chosen model, as fields that suit them. An empty field leaves the model's own default. */
export function ParameterFields(props: ParameterFieldsProps) {
  const { step, specs, isChecked, problems, path, onChange } = props;
  const { t } = useTranslation();
  const unknown = Object.keys(step.parameters).filter((name) => !(name in specs));
  const sources = Object.entries(specs).flatMap(([name, spec]) =>
    isSourceSpec(spec) ? [{ name, spec }] : [],
  );
  const others = Object.entries(specs).filter(([, spec]) => !isSourceSpec(spec));
  const names = [...others.map(([name]) => name), ...unknown];
  const count = names.filter((name) => name in step.parameters).length;
  const isWrong = names.some((name) => messagesUnder(problems, `${path}.${name}`).length > 0);
  if (Object.keys(specs).length === 0 && unknown.length === 0) {
    return null;
  }
  const set = (name: string, value: Json | null) => {
    onChange(withParameter(step, name, value));
  };
  return (
    <>
      {sources.length > 0 && (
        <div className={classes.sources}>
          {sources.map(({ name, spec }) => (
            <SourceField
              key={name}
              spec={spec}
              value={step.parameters[name]}
              error={messageUnder(problems, `${path}.${name}`)}
              references={sourceReferences({ ...props, spec })}
              onChange={(value) => {
                set(name, value);
              }}
            />
          ))}
        </div>
      )}
      {names.length > 0 && (
        <details className={classes.parameters} open={isWrong ? true : undefined}>
          <summary>
            <IconAdjustmentsHorizontal size={18} stroke={1.75} aria-hidden />
            {t("editor.parameters", { count })}
          </summary>
          <div className={classes.parameterGrid}>
            {others.map(([name, spec]) => (
              <ParameterField
                key={name}
                spec={spec}
                value={step.parameters[name]}
                error={messageUnder(problems, `${path}.${name}`)}
                onChange={(value) => {
                  set(name, value);
                }}
              />
            ))}
            {unknown.map((name) => (
              <UnknownParameter
                key={name}
                name={name}
                value={step.parameters[name]}
                error={
                  messageUnder(problems, `${path}.${name}`) ??
                  (isChecked ? t("editor.unknownParameter") : null)
                }
                onRemove={() => {
                  set(name, null);
                }}
              />
            ))}
          </div>
        </details>
      )}
    </>
  );
}

interface ParameterFieldProps {
  spec: ParameterSpec;
  value: Json | undefined;
  error: string | null;
  onChange: (value: Json | null) => void;
}

function ParameterField({ spec, value, error, onChange }: ParameterFieldProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const label = spec.label[language];
  const hint =
    spec.default === undefined ? t("editor.modelDefault") : t("editor.default", { value: spec.default });
  if (spec.type === "boolean") {
    return (
      <Switch
        size="md"
        className={classes.parameterSwitch}
        label={label}
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
        data={[{ value: "", label: hint }, ...listed]}
        value={chosen}
        error={error}
        onChange={(event) => {
          onChange(event.currentTarget.value === "" ? null : event.currentTarget.value);
        }}
      />
    );
  }
  // What an earlier step gives is written as a reference.
  if (spec.type !== "integer" && spec.type !== "number") {
    return <ReferenceField label={label} hint={hint} value={value} error={error} onChange={onChange} />;
  }
  if (typeof value === "string") {
    return <ReferenceField label={label} hint={hint} value={value} error={error} onChange={onChange} />;
  }
  return (
    <NumberField
      label={label}
      description={t("editor.range", { min: spec.min, max: spec.max })}
      placeholder={hint}
      allowsDecimals={spec.type === "number"}
      allowsNegative={spec.min < 0}
      value={typeof value === "number" ? value : null}
      error={error}
      onChange={onChange}
    />
  );
}

interface ReferenceFieldProps extends Pick<ParameterFieldProps, "value" | "error" | "onChange"> {
  label: string;
  hint: string;
}

/** A text, which may hold references; a list that was written as JSON stays as it is until it is changed. */
function ReferenceField({ label, hint, value, error, onChange }: ReferenceFieldProps) {
  return (
    <TextInput
      label={label}
      placeholder={hint}
      value={value === undefined || typeof value === "string" ? (value ?? "") : JSON.stringify(value)}
      error={error}
      onChange={(event) => {
        onChange(event.currentTarget.value === "" ? null : event.currentTarget.value);
      }}
    />
  );
}

interface UnknownParameterProps {
  name: string;
  value: Json | undefined;
  error: string | null;
  onRemove: () => void;
}

/** A parameter that the chosen model does not have, or that nobody knows whether it has. */
function UnknownParameter({ name, value, error, onRemove }: UnknownParameterProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.unknown}>
      <TextInput label={name} value={JSON.stringify(value)} error={error} readOnly />
      <Button variant="default" aria-label={t("editor.removeParameter", { name })} onClick={onRemove}>
        {t("actions.remove")}
      </Button>
    </div>
  );
}
