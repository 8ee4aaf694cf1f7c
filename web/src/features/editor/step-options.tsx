import { IconSettings } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AnswerSchemaField } from "./answer-schema-field.tsx";
import { ApprovalField } from "./approval-field.tsx";
import type { DraftStep } from "./draft.ts";
import { messageUnder, messagesUnder, type PlacedMessages } from "./problems.ts";
import classes from "./editor.module.css";

interface StepOptionsProps {
  step: DraftStep;
  writesText: boolean;
  problems: PlacedMessages;
  path: string;
  onChange: (changes: Partial<DraftStep>) => void;
}

/** What few steps need, out of the way until somebody looks for it; open where it is set or wrong. */
export function StepOptions({ step, writesText, problems, path, onChange }: StepOptionsProps) {
  const { t } = useTranslation();
  const count = [step.output_schema !== null, step.approval !== false].filter(Boolean).length;
  const [wasSet] = useState(count > 0);
  const at = (field: string) => messageUnder(problems, `${path}.${field}`);
  const isWrong = ["output_schema", "approval"].some(
    (field) => messagesUnder(problems, `${path}.${field}`).length > 0,
  );
  return (
    <details className={classes.parameters} open={wasSet || isWrong ? true : undefined}>
      <summary>
        <IconSettings size={18} stroke={1.75} aria-hidden />
        {t("editor.options", { count })}
      </summary>
      <div className={classes.stepOptions}>
        {(writesText || step.output_schema !== null) && (
          <AnswerSchemaField
            schema={step.output_schema}
            error={at("output_schema")}
            onChange={(schema) => {
              onChange({ output_schema: schema });
            }}
          />
        )}
        <ApprovalField
          approval={step.approval}
          error={at("approval")}
          onChange={(approval) => {
            onChange({ approval });
          }}
        />
      </div>
    </details>
  );
}
