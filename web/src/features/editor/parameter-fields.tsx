import { Button, TextInput } from "@mantine/core";
import { IconAdjustmentsHorizontal } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { WorkflowInput } from "../../../../src/workflow/definition.ts";
import type { ModelCatalogue, ParameterSpec } from "../../../../src/workflow/models.ts";
import type { Json } from "../../../../src/workflow/values.ts";
import { MendButtons } from "../fields/mend-buttons.tsx";
import { ParameterField } from "../fields/parameter-field.tsx";
import { splitParameters } from "../fields/parameter-order.ts";
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
  const others = new Map(Object.entries(specs).filter(([, spec]) => !isSourceSpec(spec)));
  const { open, folded } = splitParameters([...others.keys()]);
  const names = [...folded, ...unknown];
  const count = names.filter((name) => name in step.parameters).length;
  const isWrong = names.some((name) => messagesUnder(problems, `${path}.${name}`).length > 0);
  if (Object.keys(specs).length === 0 && unknown.length === 0) {
    return null;
  }
  const set = (name: string, value: Json | null) => {
    onChange(withParameter(step, name, value));
  };
  const fieldOf = (name: string) => {
    const spec = others.get(name);
    return (
      spec !== undefined && (
        <ParameterField
          key={name}
          name={name}
          spec={spec}
          value={step.parameters[name]}
          error={messageUnder(problems, `${path}.${name}`)}
          onChange={(value) => {
            set(name, value);
          }}
        />
      )
    );
  };
  return (
    <>
      {sources.length > 0 && (
        <div className={classes.sources}>
          {sources.map(({ name, spec }) => (
            <SourceField
              key={name}
              name={name}
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
      {open.length > 0 && <div className={classes.parameterGrid}>{open.map(fieldOf)}</div>}
      {names.length > 0 && (
        <details className={classes.parameters} open={isWrong ? true : undefined}>
          <summary>
            <IconAdjustmentsHorizontal size={18} stroke={1.75} aria-hidden />
            {t(open.length > 0 ? "fields.parameter.more" : "editor.parameters", { count })}
          </summary>
          <div className={classes.parameterGrid}>
            {folded.map(fieldOf)}
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
    <div>
      <div className={classes.unknown}>
        <TextInput label={name} value={JSON.stringify(value)} error={error} readOnly />
        <Button variant="default" aria-label={t("editor.removeParameter", { name })} onClick={onRemove}>
          {t("actions.remove")}
        </Button>
      </div>
      <MendButtons place={`parameters.${name}`} />
    </div>
  );
}
