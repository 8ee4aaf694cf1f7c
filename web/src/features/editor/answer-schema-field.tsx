import { Switch, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { readJson } from "../../json-text.ts";
import { Notice } from "../../components/notice.tsx";
import { readShape, writeShape } from "../fields/answer-shape.ts";
import { ShapeFields } from "../fields/shape-fields.tsx";
import type { DraftStep } from "./draft.ts";
import classes from "./editor.module.css";

type Schema = DraftStep["output_schema"];

/** What a schema is begun with: one that shows how they are written. */
const EXAMPLE: NonNullable<Schema> = {
  type: "object",
  properties: {
    title: { type: "string" },
    points: { type: "array", items: { type: "string" } },
  },
  required: ["title", "points"],
  additionalProperties: false,
};

interface AnswerSchemaFieldProps {
  schema: Schema;
  error: string | null;
  onChange: (schema: Schema) => void;
}

/** Whether a text step answers with data, and of what form. */
export function AnswerSchemaField({ schema, error, onChange }: AnswerSchemaFieldProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.stepOption}>
      <Switch
        size="md"
        label={t("editor.answerSchema")}
        description={t("editor.answerSchemaHelp")}
        checked={schema !== null}
        error={schema === null ? error : null}
        onChange={(event) => {
          onChange(event.currentTarget.checked ? EXAMPLE : null);
        }}
      />
      {schema !== null && <SchemaEditor schema={schema} error={error} onChange={onChange} />}
    </div>
  );
}

/** The schema as fields, or as text for those who want it and where fields cannot say it. */
function SchemaEditor({ schema, error, onChange }: SchemaTextProps) {
  const { t } = useTranslation();
  const [isText, setIsText] = useState(false);
  const shape = readShape(schema);
  if (shape === null) {
    return (
      <>
        <Notice kind="info">{t("fields.shape.notUnderstood")}</Notice>
        <SchemaText schema={schema} error={error} onChange={onChange} />
      </>
    );
  }
  return (
    <>
      {!isText && (
        <ShapeFields
          fields={shape.fields}
          error={error}
          onChange={(fields) => {
            onChange(writeShape({ ...shape, fields }));
          }}
        />
      )}
      <Switch
        size="md"
        label={t("fields.shape.asJson")}
        checked={isText}
        onChange={(event) => {
          setIsText(event.currentTarget.checked);
        }}
      />
      {isText && <SchemaText schema={schema} error={error} onChange={onChange} />}
    </>
  );
}

interface SchemaTextProps {
  schema: NonNullable<Schema>;
  error: string | null;
  onChange: (schema: Schema) => void;
}

/** The schema as text. While that is no schema, the last one that was holds, and the field says so. */
function SchemaText({ schema, error, onChange }: SchemaTextProps) {
  const { t } = useTranslation();
  const [lastTyped, setTyped] = useState<{ text: string; problem: string | null; of: Schema } | null>(null);
  // Changed from elsewhere, such as by undoing changes, the schema is shown as it is.
  const typed = lastTyped?.of === schema ? lastTyped : null;
  const type = (text: string) => {
    const read = readJson(text);
    if ("problem" in read) {
      setTyped({ text, problem: t("decision.notJson", { reason: read.problem }), of: schema });
    } else if (typeof read.json !== "object" || read.json === null || Array.isArray(read.json)) {
      setTyped({ text, problem: t("editor.answerSchemaNotObject"), of: schema });
    } else {
      setTyped({ text, problem: null, of: read.json });
      onChange(read.json);
    }
  };
  const problem = typed?.problem ?? null;
  return (
    <Textarea
      className={classes.stepOptionDetail}
      classNames={{ input: classes.code ?? "" }}
      label={t("editor.answerSchemaField")}
      autosize
      minRows={4}
      maxRows={16}
      spellCheck={false}
      value={typed?.text ?? JSON.stringify(schema, null, 2)}
      error={problem === null ? error : t("editor.answerSchemaKept", { problem })}
      onChange={(event) => {
        type(event.currentTarget.value);
      }}
    />
  );
}
