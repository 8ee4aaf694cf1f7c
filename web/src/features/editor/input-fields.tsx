import { NativeSelect, Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { WorkflowInput } from "../../../../src/workflow/definition.ts";
import { NumberField } from "../../components/number-field.tsx";
import type { Draft } from "./draft.ts";
import { messageUnder, type PlacedMessages } from "./problems.ts";
import classes from "./editor.module.css";

interface InputFieldsProps {
  inputs: readonly WorkflowInput[];
  values: Draft["values"];
  problems: PlacedMessages;
  onChange: (values: Draft["values"]) => void;
}

/** What the workflow asks for beside its topic. */
export function InputFields({ inputs, values, problems, onChange }: InputFieldsProps) {
  const { t } = useTranslation();
  const set = (name: string, value: string | number) => {
    const { [name]: _, ...rest } = values;
    onChange(value === "" ? rest : { ...rest, [name]: value });
  };
  return (
    <section className={classes.inputs} aria-labelledby="inputs-heading">
      <h2 id="inputs-heading">{t("editor.inputs")}</h2>
      {inputs.map((input) => {
        const shared = {
          label: input.label,
          required: input.required,
          error: messageUnder(problems, `inputs.${input.name}`),
        };
        const value = values[input.name] ?? input.default ?? "";
        if (input.type === "number") {
          return (
            <NumberField
              key={input.name}
              {...shared}
              allowsDecimals
              allowsNegative
              value={typeof value === "number" ? value : null}
              onChange={(next) => {
                set(input.name, next ?? "");
              }}
            />
          );
        }
        if (input.type === "choice") {
          return (
            <NativeSelect
              key={input.name}
              size="md"
              {...shared}
              data={["", ...(input.choices ?? [])]}
              value={String(value)}
              onChange={(event) => {
                set(input.name, event.currentTarget.value);
              }}
            />
          );
        }
        return (
          <Textarea
            key={input.name}
            {...shared}
            autosize
            minRows={1}
            value={String(value)}
            onChange={(event) => {
              set(input.name, event.currentTarget.value);
            }}
          />
        );
      })}
    </section>
  );
}
