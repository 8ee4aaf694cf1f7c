import { Button } from "@mantine/core";
import { IconPlus, IconRotate2 } from "@tabler/icons-react";
import { lazy, Suspense, useDeferredValue, useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { MAX_STEPS } from "../../../../src/workflow/definition.ts";
import type { ModelCatalogue } from "../../../../src/workflow/models.ts";
import { ApiProblem } from "../../api/client.ts";
import { useProviders } from "../../api/queries.ts";
import { catalogueOf } from "../../catalogue.ts";
import { Page } from "../../components/page.tsx";
import { useLanguage } from "../../language.ts";
import { today } from "../../today.ts";
import { BatchButton } from "../batch/batch-button.tsx";
import { ExportButton } from "../sharing/export-button.tsx";
import { VersionsButton } from "../versions/versions-button.tsx";
import { loadResultParts } from "../execution/result-parts.ts";
import { addStep, moveStep, removeStep, wireSteps, withModel, type DraftStep, type Source } from "./draft.ts";
import { EditorBar, isAboutKeys, type Refusal } from "./editor-bar.tsx";
import { InputFields } from "./input-fields.tsx";
import { withListFrom } from "./list-references.ts";
import { MissingKeys } from "./missing-keys.tsx";
import { checkDraft, isInside, type PlacedMessages } from "./problems.ts";
import { SaveDialog } from "./save-dialog.tsx";
import { StepCard } from "./step-card.tsx";
import { useDraft } from "./use-draft.ts";
import { useDraftEstimate } from "./use-draft-estimate.ts";
import { useRun, type Start } from "./use-run.ts";
import { useSaving } from "./use-saving.ts";
import classes from "./editor.module.css";

const loadDialog = () => import("../execution/execution-dialog.tsx");
const ExecutionDialog = lazy(loadDialog);

interface EditorProps {
  source: Source;
  start: Start;
}

export function Editor({ source, start }: EditorProps) {
  const { t } = useTranslation();
  const providers = useProviders();
  const { draft, steps, change, changeSteps } = useDraft(source);
  const catalogue = useMemo(() => catalogueOf(providers.data), [providers.data]);
  const running = useRun({ source, start, draft, steps, catalogue });
  const saving = useSaving({ source, draft, steps, change });
  const check = useDraftCheck({ steps, source, catalogue: providers.data === undefined ? null : catalogue });
  const estimate = useDraftEstimate({
    draft,
    steps,
    start,
    inputs: source.inputs,
    isSound: check?.isSound === true,
  });
  const refusal = refusalOf(running, saving);
  const problems = [...placesOf(refusal), ...(check?.problems ?? [])];

  // Asked for ahead of time, so that the first step is seen the moment it starts.
  useEffect(() => {
    void loadDialog().catch(() => undefined);
    loadResultParts();
  }, []);

  // What the server said was about the steps as they were then.
  const forget = () => {
    running.execute.reset();
    saving.save.reset();
  };
  const edit: typeof changeSteps = (changing) => {
    forget();
    changeSteps(changing);
  };

  return (
    <>
      <Page
        title={source.title}
        lead={source.description === "" ? undefined : source.description}
        actions={
          <EditorActions
            source={source}
            start={start}
            steps={steps}
            hasDraft={draft.steps !== null}
            onReset={() => {
              forget();
              change({ steps: null });
            }}
          />
        }
      >
        <MissingKeys
          steps={steps}
          onReplace={(step, aiProvider) => {
            edit((all) =>
              all.map((other) => (other.key === step.key ? withModel(other, aiProvider, catalogue) : other)),
            );
          }}
        />
        <ol className={classes.steps} aria-label={t("editor.steps")}>
          {steps.map((step, index) => (
            <li key={step.key} className={classes.item}>
              <StepCard
                step={step}
                steps={steps}
                index={index}
                problems={problems}
                warnings={check?.warnings ?? []}
                estimate={estimate?.steps.find((one) => one.step_number === index + 1) ?? null}
                onChange={(changes) => {
                  edit((all) =>
                    all.map((other) => (other.key === step.key ? { ...other, ...changes } : other)),
                  );
                }}
                onMove={(to) => {
                  edit((all) => moveStep(all, index, to));
                }}
                onRemove={() => {
                  edit((all) => removeStep(all, index));
                }}
                inputs={source.inputs}
                onMakeList={(from) => {
                  edit((all) => withListFrom(all, { from, over: index + 1 }));
                }}
              />
            </li>
          ))}
        </ol>
        <Button
          variant="default"
          leftSection={<IconPlus aria-hidden size={18} stroke={1.75} />}
          disabled={steps.length >= MAX_STEPS}
          onClick={() => {
            edit(addStep);
          }}
        >
          {t("editor.addStep")}
        </Button>
        {source.inputs.length > 0 && (
          <InputFields
            inputs={source.inputs}
            values={draft.values}
            problems={problems}
            onChange={(values) => {
              forget();
              change({ values });
            }}
          />
        )}
      </Page>
      <EditorBar
        draft={draft}
        steps={steps}
        estimate={estimate}
        problems={problems}
        refusal={refusal}
        isBesideField={(path) =>
          steps.some((_, index) => isInside(path, `steps[${index}]`)) ||
          source.inputs.some(({ name }) => path === `inputs.${name}`)
        }
        isStarting={running.execute.isPending}
        onChange={(changes) => {
          forget();
          change(changes);
        }}
        onRun={running.run}
        onSave={() => {
          saving.save.reset();
          saving.setIsSaving(true);
        }}
      />
      <SaveDialog
        isOpen={saving.isSaving}
        suggestedName={source.name ?? ""}
        error={saving.save.error}
        isBusy={saving.save.isPending}
        isChange={source.saved !== undefined}
        onSave={saving.saveAs}
        onClose={() => {
          saving.setIsSaving(false);
        }}
      />
      {running.shownExecution !== null && (
        <Suspense fallback={null}>
          <ExecutionDialog id={running.shownExecution} onClose={running.hide} />
        </Suspense>
      )}
    </>
  );
}

interface EditorActionsProps {
  source: Source;
  start: Start;
  steps: readonly DraftStep[];
  /** Whether the steps are other than those of the source. */
  hasDraft: boolean;
  /** Gives up what was changed. */
  onReset: () => void;
}

/** What can be done with the steps as a whole. */
function EditorActions({ source, start, steps, hasDraft, onReset }: EditorActionsProps) {
  const { t } = useTranslation();
  const { description, inputs, title } = source;
  const exported = { name: source.name ?? title, description, inputs, steps: wireSteps(steps) };
  return (
    <div className={classes.pageActions}>
      {hasDraft && (
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconRotate2 aria-hidden size={18} stroke={1.75} />}
          onClick={onReset}
        >
          {t("editor.reset")}
        </Button>
      )}
      {source.saved && (
        <VersionsButton workflowId={source.saved.id} hasDraft={hasDraft} onRestored={onReset} />
      )}
      <BatchButton
        target={hasDraft ? null : batchTargetOf(start)}
        kept={{ title: source.name ?? "", steps: exported.steps }}
      />
      <ExportButton workflow={exported} />
    </div>
  );
}

function batchTargetOf(start: Start): { template: string } | { workflow: number } | null {
  if (start === null) return null;
  return "template_id" in start ? { template: start.template_id } : { workflow: start.workflow_id };
}

/** What breaks a rule in the steps, as the server would say it; null until the models are known. */
function useDraftCheck(options: {
  steps: Source["steps"];
  source: Source;
  catalogue: ModelCatalogue | null;
}): ReturnType<typeof checkDraft> | null {
  const { steps, source, catalogue } = options;
  const language = useLanguage();
  const checked = useDeferredValue(steps);
  return useMemo(
    () =>
      catalogue === null
        ? null
        : checkDraft({
            steps: wireSteps(checked),
            inputs: source.inputs,
            catalogue,
            language,
            today: today(),
          }),
    [checked, source.inputs, catalogue, language],
  );
}

function refusalOf(
  { execute }: Pick<ReturnType<typeof useRun>, "execute">,
  { save }: Pick<ReturnType<typeof useSaving>, "save">,
): Refusal | null {
  if (execute.error !== null) {
    return { error: execute.error, mode: execute.variables.request.mode ?? "live" };
  }
  return save.error === null ? null : { error: save.error, mode: null };
}

/** What was refused place by place; what the bar says as a whole is not said again. */
function placesOf(refusal: Refusal | null): PlacedMessages {
  return refusal?.error instanceof ApiProblem && !isAboutKeys(refusal) ? refusal.error.errors : [];
}
