import { FileInput, NativeSelect, Textarea, type FileInputProps } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { WorkflowInput } from "../../../../src/workflow/definition.ts";
import { useUpload } from "../../api/rerun.ts";
import { NumberField } from "../../components/number-field.tsx";
import { ProblemNotice } from "../../components/notice.tsx";
import type { Draft } from "./draft.ts";
import { messageUnder, type PlacedMessages } from "./problems.ts";
import classes from "./editor.module.css";

interface InputFieldsProps {
  inputs: readonly WorkflowInput[];
  values: Draft["values"];
  /** A sentence below the heading. */
  hint?: string;
  problems: PlacedMessages;
  onChange: (values: Draft["values"]) => void;
}

/** What the workflow asks for beside its topic. */
export function InputFields({ inputs, values, hint, problems, onChange }: InputFieldsProps) {
  const { t } = useTranslation();
  const set = (name: string, value: string | number) => {
    const { [name]: _, ...rest } = values;
    onChange(value === "" ? rest : { ...rest, [name]: value });
  };
  return (
    <section className={classes.inputs} aria-labelledby="inputs-heading">
      <h2 id="inputs-heading">{t("editor.inputs")}</h2>
      {hint !== undefined && <p className={classes.inputsHint}>{hint}</p>}
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
        if (input.type === "file") {
          return (
            <FileField
              key={input.name}
              {...shared}
              artifactId={String(value)}
              onChange={(artifactId) => {
                set(input.name, artifactId);
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

type FileFieldProps = Pick<FileInputProps, "label" | "required" | "error"> & {
  /** Empty: none is chosen. */
  artifactId: string;
  onChange: (artifactId: string) => void;
};

/** A file of this machine, which is stored as soon as it is chosen. */
function FileField({ artifactId, onChange, ...shared }: FileFieldProps) {
  const { t } = useTranslation();
  const upload = useUpload();
  const [file, setFile] = useState<File | null>(null);
  const isKept = artifactId !== "" && file === null;
  const choose = (chosen: File | null) => {
    setFile(chosen);
    onChange("");
    if (chosen !== null) {
      upload.mutate(chosen, {
        onSuccess: (artifact) => {
          onChange(artifact?.id ?? "");
        },
      });
    }
  };
  return (
    <>
      <FileInput
        size="md"
        {...shared}
        placeholder={t(isKept ? "editor.fileKept" : "rerun.chooseFile")}
        description={upload.isPending ? t("rerun.uploading") : undefined}
        clearable
        value={file}
        onChange={choose}
      />
      {upload.error !== null && <ProblemNotice error={upload.error} />}
    </>
  );
}
