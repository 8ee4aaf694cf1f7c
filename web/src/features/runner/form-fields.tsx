import { NativeSelect, Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { MAX_INPUT_CHARACTERS, type WorkflowInput } from "../../../../src/workflow/definition.ts";
import { NumberField } from "../../components/number-field.tsx";
import { messageUnder, type PlacedMessages } from "../editor/problems.ts";
import { FileDrop } from "./file-drop.tsx";
import type { FormValues } from "./form-values.ts";

interface FormFieldsProps {
  asksTopic: boolean;
  inputs: readonly WorkflowInput[];
  form: FormValues;
  problems: PlacedMessages;
  onChange: (changes: Partial<FormValues>) => void;
}

/** The topic and the inputs of a workflow. What they are called comes from the workflow, as text. */
export function FormFields({ asksTopic, inputs, form, problems, onChange }: FormFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      {asksTopic && (
        <Textarea
          label={t("topic.label")}
          placeholder={t("topic.example")}
          required
          autosize
          minRows={2}
          maxRows={10}
          maxLength={MAX_INPUT_CHARACTERS}
          value={form.topic}
          error={messageUnder(problems, "initial_input")}
          onChange={(event) => {
            onChange({ topic: event.currentTarget.value });
          }}
        />
      )}
      {inputs.map((input) => (
        <InputField
          key={input.name}
          input={input}
          form={form}
          error={messageUnder(problems, `inputs.${input.name}`)}
          onChange={onChange}
        />
      ))}
    </>
  );
}

interface InputFieldProps extends Pick<FormFieldsProps, "form" | "onChange"> {
  input: WorkflowInput;
  error: string | null;
}

function InputField({ input, form, error, onChange }: InputFieldProps) {
  const { name, label, required, choices = [] } = input;
  const shared = { label, required, error };
  const value = form.values[name] ?? input.default ?? "";
  const set = (next: string | number) => {
    onChange({ values: { ...form.values, [name]: next } });
  };
  switch (input.type) {
    case "number":
      return (
        <NumberField
          {...shared}
          allowsDecimals
          allowsNegative
          value={typeof value === "number" ? value : null}
          onChange={(next) => {
            set(next ?? "");
          }}
        />
      );
    case "choice":
      return (
        <NativeSelect
          {...shared}
          size="md"
          data={required && value !== "" ? choices : ["", ...choices]}
          value={String(value)}
          onChange={(event) => {
            set(event.currentTarget.value);
          }}
        />
      );
    case "file":
      return (
        <FileDrop
          {...shared}
          chosen={form.files[name]}
          onChange={(file) => {
            const { [name]: _, ...others } = form.files;
            onChange({ files: file === null ? others : { ...others, [name]: file } });
          }}
        />
      );
    case "text":
    default:
      return (
        <Textarea
          {...shared}
          autosize
          minRows={1}
          maxRows={10}
          maxLength={MAX_INPUT_CHARACTERS}
          value={String(value)}
          onChange={(event) => {
            set(event.currentTarget.value);
          }}
        />
      );
  }
}
