import { ActionIcon, Switch, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconCopy, IconTrash } from "@tabler/icons-react";
import { useMemo, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { MAX_PROMPT_CHARACTERS, MAX_STEPS, type WorkflowInput } from "../../../../src/workflow/definition.ts";
import type { ComposedStep } from "../../../../src/workflow/models.ts";
import { referencesIn } from "../../../../src/workflow/references.ts";
import { useProviders } from "../../api/queries.ts";
import type { StepEstimateWire } from "../../api/types.ts";
import { catalogueOf, isDeafToDirections, isUnlisted } from "../../catalogue.ts";
import { useLanguage } from "../../language.ts";
import { MediumChip } from "../../components/medium.tsx";
import { Notice } from "../../components/notice.tsx";
import { MendButtons } from "../fields/mend-buttons.tsx";
import { PromptExamples } from "../fields/prompt-examples.tsx";
import { ReferenceText } from "../fields/reference-text.tsx";
import { StepFieldsContext } from "../fields/step-fields.ts";
import type { RunOrigin } from "../fields/use-past-run.ts";
import type { DraftStep } from "./draft.ts";
import { ForEachField } from "./for-each-field.tsx";
import { ModelPicker } from "./model-picker.tsx";
import { ParameterFields } from "./parameter-fields.tsx";
import { StepOptions } from "./step-options.tsx";
import { StepPrice } from "./step-price.tsx";
import { messagesElsewhere, messageUnder, messagesUnder, type PlacedMessages } from "./problems.ts";
import classes from "./editor.module.css";

interface StepCardProps {
  /** By which the card is moved. */
  handle: ReactNode;
  step: DraftStep;
  steps: readonly DraftStep[];
  index: number;
  problems: PlacedMessages;
  warnings: PlacedMessages;
  /** Null where none is known. */
  estimate: StepEstimateWire | null;
  onChange: (changes: Partial<DraftStep>) => void;
  onMove: (to: number) => void;
  onDuplicate: () => void;
  onRemove: () => void;
  inputs: readonly WorkflowInput[];
  /** Whose last execution shows what variables hold. */
  origin: RunOrigin;
  /** Has an earlier step write the list that this one runs over. */
  onMakeList: (from: number) => void;
}

/** One step, open for editing. What is wrong with it stands beside the field that is wrong. */
export function StepCard({
  handle,
  step,
  steps,
  index,
  problems,
  warnings,
  estimate,
  inputs,
  origin,
  ...handlers
}: StepCardProps) {
  const { onChange, onMove, onMakeList } = handlers;
  const { t } = useTranslation();
  const providers = useProviders();
  const catalogue = useMemo(() => catalogueOf(providers.data), [providers.data]);
  const model = catalogue.resolve(step.ai_provider);
  const isFitted = catalogue.family(step.ai_provider)?.standing === "chosen";
  const isOutsideList = model !== undefined && isUnlisted(model, catalogue);
  const path = `steps[${index}]`;
  const at = (field: string) => messageUnder(problems, `${path}.${field}`);
  return (
    <StepFieldsContext value={{ step, steps, inputs, catalogue, origin, onChange, onMove }}>
      <section
        className={classes.card}
        data-medium={model?.modality ?? "text"}
        aria-label={t("editor.step", { number: index + 1 })}
      >
        <header className={classes.cardHeader}>
          {handle}
          <span className={classes.number} aria-hidden>
            {index + 1}
          </span>
          <h2 className={classes.cardTitle}>
            {Boolean(step.name) && (
              <span className="visually-hidden">{t("editor.step", { number: index + 1 })} </span>
            )}
            {step.name ?? t("editor.step", { number: index + 1 })}
          </h2>
          {model !== undefined && <MediumChip medium={model.modality} />}
          <StepButtons step={step} index={index} count={steps.length} {...handlers} />
        </header>
        {estimate !== null && <StepPrice estimate={estimate} />}
        {messagesElsewhere(problems, path).map((message) => (
          <Notice key={message} kind="error">
            {message}
          </Notice>
        ))}
        {messagesUnder(warnings, path).map((message) => (
          <Notice key={message} kind="warning">
            {message}
          </Notice>
        ))}
        {isOutsideList && <Notice kind="warning">{t("editor.unlisted", { model: model.id })}</Notice>}
        <div className={classes.pair}>
          <TextInput
            label={t("editor.stepName")}
            placeholder={t("editor.stepNameExample")}
            value={step.name ?? ""}
            maxLength={64}
            error={at("name")}
            onChange={(event) => {
              onChange({ name: event.currentTarget.value === "" ? null : event.currentTarget.value });
            }}
          />
          <div>
            <ModelPicker
              value={step.ai_provider}
              error={at("ai_provider")}
              onChange={(aiProvider) => {
                const isComposed = catalogue.resolve(aiProvider)?.composed !== undefined;
                // What it works on is chosen below; a whole text at the end of a title helps nobody.
                onChange({ ai_provider: aiProvider, ...(isComposed && { use_previous_output: false }) });
              }}
            />
            <MendButtons place="ai_provider" />
          </div>
        </div>
        <PromptField
          step={step}
          earlier={steps.slice(0, index)}
          error={at("prompt")}
          composed={model?.composed}
          hint={isDeafToDirections(providers.data, model) ? t("editor.noInstructions") : null}
          onChange={(prompt) => {
            onChange({ prompt });
          }}
        />
        {offersPrevious(step, index) && (
          <Switch
            size="md"
            label={t(step.for_each === null ? "editor.usePrevious" : "editor.forEach.handedOver")}
            description={t(
              step.for_each === null ? "editor.usePreviousHelp" : "editor.forEach.handedOverHelp",
            )}
            checked={step.use_previous_output}
            error={at("use_previous_output")}
            onChange={(event) => {
              onChange({ use_previous_output: event.currentTarget.checked });
            }}
          />
        )}
        <MendButtons place="use_previous_output" />
        <ParameterFields
          step={step}
          steps={steps}
          inputs={inputs}
          catalogue={catalogue}
          specs={model?.parameters ?? {}}
          isChecked={!isOutsideList && !isFitted}
          problems={problems}
          path={`${path}.parameters`}
          onChange={(parameters) => {
            onChange({ parameters });
          }}
        />
        <ForEachField
          step={step}
          earlier={steps.slice(0, index)}
          inputs={inputs}
          catalogue={catalogue}
          problems={problems}
          path={`${path}.for_each`}
          onChange={onChange}
          onMakeList={onMakeList}
        />
        <StepOptions
          step={step}
          writesText={model === undefined || model.modality === "text"}
          problems={problems}
          path={path}
          onChange={onChange}
        />
      </section>
    </StepFieldsContext>
  );
}

/** An item that the prompt names has not to be given a second time. */
function offersPrevious(step: DraftStep, index: number): boolean {
  if (step.for_each === null) {
    return index > 0;
  }
  return step.use_previous_output || !referencesIn(step.prompt).some(({ name }) => name === "item");
}

interface StepButtonsProps extends Pick<
  StepCardProps,
  "step" | "index" | "onMove" | "onDuplicate" | "onRemove"
> {
  count: number;
}

function StepButtons({ index, count, onMove, onDuplicate, onRemove }: StepButtonsProps) {
  const { t } = useTranslation();
  const number = index + 1;
  return (
    <div className={classes.cardButtons}>
      <ActionIcon
        aria-label={t("editor.moveUp", { number })}
        disabled={index === 0}
        onClick={() => {
          onMove(index - 1);
        }}
      >
        <IconArrowUp aria-hidden size={20} stroke={1.75} />
      </ActionIcon>
      <ActionIcon
        aria-label={t("editor.moveDown", { number })}
        disabled={number === count}
        onClick={() => {
          onMove(index + 1);
        }}
      >
        <IconArrowDown aria-hidden size={20} stroke={1.75} />
      </ActionIcon>
      <ActionIcon
        aria-label={t("builder.duplicate", { number })}
        disabled={count >= MAX_STEPS}
        onClick={onDuplicate}
      >
        <IconCopy aria-hidden size={20} stroke={1.75} />
      </ActionIcon>
      <ActionIcon aria-label={t("editor.remove", { number })} disabled={count === 1} onClick={onRemove}>
        <IconTrash aria-hidden size={20} stroke={1.75} />
      </ActionIcon>
    </div>
  );
}

interface PromptFieldProps {
  step: DraftStep;
  earlier: readonly DraftStep[];
  error: string | null;
  /** What the prompt is, of a step that Relais composes by itself. */
  composed: ComposedStep | undefined;
  /** What the model makes of the prompt, where that is not plain. */
  hint: string | null;
  onChange: (prompt: string) => void;
}

/** The prompt, with buttons that put the topic or an earlier result where the cursor is. */
function PromptField({ step, earlier, error, composed, hint, onChange }: PromptFieldProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const field = useRef<HTMLTextAreaElement>(null);
  const own = step.for_each === null ? [] : ["item"];
  const references = [...own, "topic", ...earlier.map((other) => `step${other.step_number}_output`)];
  /** Where the cursor was last; at the end of the prompt before it was ever there. */
  const cursor = useRef({ start: step.prompt.length, end: step.prompt.length });
  const insert = (reference: string) => {
    const { start, end } = cursor.current;
    onChange(`${step.prompt.slice(0, start)}{${reference}}${step.prompt.slice(end)}`);
    field.current?.focus();
  };
  return (
    <div>
      <ReferenceText
        ref={field}
        place="prompt"
        label={composed?.prompt[language] ?? t("editor.prompt")}
        placeholder={composed === undefined ? t("editor.promptExample") : ""}
        minRows={composed === undefined ? 3 : 1}
        maxRows={9}
        maxLength={MAX_PROMPT_CHARACTERS}
        value={step.prompt}
        error={error}
        description={hint}
        onSelect={(event) => {
          cursor.current = {
            start: event.currentTarget.selectionStart,
            end: event.currentTarget.selectionEnd,
          };
        }}
        onChange={onChange}
      />
      {step.prompt === "" && <PromptExamples onTake={onChange} />}
      <div className={classes.references}>
        <span aria-hidden>{t("editor.insert")}</span>
        {references.map((reference) => (
          <button
            key={reference}
            type="button"
            className={classes.reference}
            aria-label={t("editor.insertNamed", { reference: `{${reference}}` })}
            onClick={() => {
              insert(reference);
            }}
          >
            {`{${reference}}`}
          </button>
        ))}
      </div>
    </div>
  );
}
