import { Autocomplete, Button, Switch } from "@mantine/core";
import { IconRepeat } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Step, WorkflowInput } from "../../../../src/workflow/definition.ts";
import type { ModelCatalogue } from "../../../../src/workflow/models.ts";
import { Notice } from "../../components/notice.tsx";
import { NumberField } from "../../components/number-field.tsx";
import { MendButtons } from "../fields/mend-buttons.tsx";
import type { DraftStep } from "./draft.ts";
import { listReferences, plainTextSource } from "./list-references.ts";
import { messagesUnder, messageUnder, type PlacedMessages } from "./problems.ts";
import classes from "./editor.module.css";

const MAX_PARALLEL = 50;
const USUAL_PARALLEL = 3;

interface ForEachFieldProps {
  step: DraftStep;
  earlier: readonly DraftStep[];
  inputs: readonly WorkflowInput[];
  catalogue: ModelCatalogue;
  problems: PlacedMessages;
  path: string;
  onChange: (changes: Pick<DraftStep, "for_each"> & Partial<DraftStep>) => void;
  /** Has an earlier step write a list for this one. */
  onMakeList: (from: number) => void;
}

/** Whether a step runs once per item of a list, and of which. */
export function ForEachField({
  step,
  earlier,
  inputs,
  catalogue,
  problems,
  path,
  ...handlers
}: ForEachFieldProps) {
  const { onChange, onMakeList } = handlers;
  const { t } = useTranslation();
  const { for_each: forEach } = step;
  const references = listReferences(earlier, inputs, catalogue);
  const source = plainTextSource(step, earlier, catalogue);
  const isWrong = messagesUnder(problems, path).length > 0;
  return (
    <details className={classes.parameters} open={isWrong || forEach !== null ? true : undefined}>
      <summary>
        <IconRepeat size={18} stroke={1.75} aria-hidden />
        {forEach === null ? t("editor.forEach.summary") : t("editor.forEach.summaryOn", { list: forEach.in })}
      </summary>
      <div className={classes.forEach}>
        <Switch
          size="md"
          label={t("editor.forEach.switch")}
          description={t("editor.forEach.help")}
          checked={forEach !== null}
          onChange={(event) => {
            const isOn = event.currentTarget.checked;
            const first = references[0] ?? "{topic}";
            onChange({
              for_each: isOn ? { in: first, max_parallel: USUAL_PARALLEL } : null,
              // What was handed over before was the whole of the list.
              use_previous_output: false,
            });
          }}
        />
        {forEach !== null && (
          <>
            <ListFields
              forEach={forEach}
              references={references}
              error={messageUnder(problems, path)}
              onChange={(next) => {
                onChange({ for_each: next });
              }}
            />
            <MendButtons place="for_each.in" />
            {source !== undefined && (
              <Notice
                kind="info"
                actions={
                  <Button
                    variant="default"
                    onClick={() => {
                      onMakeList(source.step_number);
                    }}
                  >
                    {t("editor.forEach.makeList")}
                  </Button>
                }
              >
                {t("editor.forEach.plainText", {
                  step: source.name ?? t("editor.step", { number: source.step_number }),
                })}
              </Notice>
            )}
          </>
        )}
      </div>
    </details>
  );
}

interface ListFieldsProps {
  forEach: NonNullable<Step["for_each"]>;
  references: string[];
  error: string | null;
  onChange: (forEach: NonNullable<Step["for_each"]>) => void;
}

function ListFields({ forEach, references, error, onChange }: ListFieldsProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.pair}>
      <Autocomplete
        size="md"
        inputWrapperOrder={["label", "input", "description", "error"]}
        label={t("editor.forEach.list")}
        description={t("editor.forEach.listHelp")}
        data={references}
        filter={({ options }) => options}
        value={forEach.in}
        error={error}
        onChange={(list) => {
          onChange({ ...forEach, in: list });
        }}
      />
      <NumberField
        inputWrapperOrder={["label", "input", "description", "error"]}
        label={t("editor.forEach.parallel")}
        description={t("editor.range", { min: 1, max: MAX_PARALLEL })}
        allowsDecimals={false}
        value={forEach.max_parallel}
        onChange={(count) => {
          onChange({ ...forEach, max_parallel: Math.min(MAX_PARALLEL, Math.max(1, count ?? 1)) });
        }}
      />
    </div>
  );
}
