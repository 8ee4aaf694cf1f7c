import { Button, Checkbox } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Suspense, useDeferredValue, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { lazyPart } from "../../components/lazy-part.tsx";
import type { ModelCatalogue } from "../../../../src/workflow/models.ts";
import { ApiProblem } from "../../api/client.ts";
import { useProviders } from "../../api/queries.ts";
import { catalogueOf } from "../../catalogue.ts";
import { Page } from "../../components/page.tsx";
import { useLanguage } from "../../language.ts";
import { today } from "../../today.ts";
import { EditorGraphPanel } from "../graph/editor-graph-panel.tsx";
import { useGraphPanel } from "../graph/use-graph-panel.ts";
import { loadResultParts } from "../execution/result-parts.ts";
import { wireSteps, withModel, type Source } from "./draft.ts";
import { EditorActions } from "./editor-actions.tsx";
import { EditorBar, isAboutKeys, type Refusal } from "./editor-bar.tsx";
import { InputFields } from "./input-fields.tsx";
import { MissingKeys } from "./missing-keys.tsx";
import { checkDraft, isInside, type PlacedMessages } from "./problems.ts";
import { SaveDialog } from "./save-dialog.tsx";
import { StepList } from "./step-list.tsx";
import { useChosenStep } from "./use-chosen-step.ts";
import { useDraft } from "./use-draft.ts";
import { useDraftEstimate } from "./use-draft-estimate.ts";
import { useRun, type Start } from "./use-run.ts";
import { useSaving } from "./use-saving.ts";
import { useFirstFault } from "./use-first-fault.ts";
import { useEditorShortcuts } from "./use-editor-shortcuts.ts";
import { useStepActions } from "./use-step-actions.ts";
import classes from "./editor.module.css";

const ExecutionDialog = lazyPart(() => import("../execution/execution-dialog.tsx"));
const StepPalette = lazyPart(() => import("../step-palette/step-palette.tsx"));

interface EditorProps {
  source: Source;
  start: Start;
}

export function Editor({ source, start }: EditorProps) {
  const { t } = useTranslation();
  const providers = useProviders();
  const drafting = useDraft(source);
  const { draft, steps } = drafting;
  const catalogue = useMemo(() => catalogueOf(providers.data), [providers.data]);
  const running = useRun({ source, start, draft, steps, catalogue });
  const saving = useSaving({ source, draft, steps, change: drafting.follow });
  const check = useDraftCheck({ steps, source, catalogue: providers.data === undefined ? null : catalogue });
  const estimate = useDraftEstimate({
    draft,
    // Those that the check is about: steps that broke a rule would be refused.
    steps: check?.steps ?? steps,
    start,
    inputs: source.inputs,
    isSound: check?.isSound === true,
  });
  const refusal = refusalOf(running, saving);
  useFirstFault(running.execute.error, steps);
  const problems = [...placesOf(refusal), ...(check?.problems ?? [])];
  const graph = useGraphPanel("editor");
  const bench = { steps, inputs: source.inputs, catalogue };

  // Asked for ahead of time, so that the first step is seen the moment it starts.
  useEffect(() => {
    void Promise.all([ExecutionDialog.preload(), StepPalette.preload(), loadResultParts()]);
  }, []);

  // What the server said was about the steps as they were then.
  const forget = () => {
    running.execute.reset();
    saving.save.reset();
  };
  const chosen = useChosenStep(steps);
  const { chosenKey } = chosen;
  const actions = useStepActions({ draft: drafting, chosen, onChange: forget });
  const { edit, change } = actions;
  /** Where the step goes that is being chosen, from 0; null while none is. */
  const [newStepIndex, setNewStepIndex] = useState<number | null>(null);
  useEditorShortcuts({
    actions,
    chosenIndex: chosen.chosenIndex,
    stepCount: steps.length,
    onAdd: setNewStepIndex,
    onRun: running.execute.isPending ? null : running.run,
    onSave: saving.open,
  });

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
            onUndo={actions.undo}
            onRedo={actions.redo}
            graph={graph}
            onReset={() => {
              change({ steps: null });
            }}
          />
        }
        aside={<EditorGraphPanel panel={graph} bench={bench} problems={problems} onEdit={edit} />}
      >
        <MissingKeys
          steps={steps}
          onReplace={(step, aiProvider) => {
            edit((all) =>
              all.map((other) => (other.key === step.key ? withModel(other, aiProvider, catalogue) : other)),
            );
          }}
        />
        <StepList
          steps={steps}
          inputs={source.inputs}
          origin={{ sourceKey: source.key, start }}
          chosenKey={chosenKey}
          problems={problems}
          warnings={check?.warnings ?? []}
          estimate={estimate}
          actions={actions}
        />
        <Button
          variant="default"
          leftSection={<IconPlus aria-hidden size={18} stroke={1.75} />}
          disabled={!actions.hasRoom}
          onClick={() => {
            setNewStepIndex(steps.length);
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
              change({ values });
            }}
          />
        )}
        <Checkbox
          className={classes.reuse}
          label={t("editor.reuse")}
          checked={draft.reuse}
          onChange={(event) => {
            change({ reuse: event.currentTarget.checked });
          }}
        />
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
        onUndo={actions.undo}
        onRedo={actions.redo}
        onChange={change}
        onRun={running.run}
        onSave={saving.open}
      />
      {newStepIndex !== null && (
        <Suspense fallback={null}>
          <StepPalette
            steps={steps}
            index={newStepIndex}
            onAdd={actions.add}
            onClose={() => {
              setNewStepIndex(null);
            }}
          />
        </Suspense>
      )}
      <EditorDialogs source={source} saving={saving} running={running} />
    </>
  );
}

interface EditorDialogsProps {
  source: Source;
  saving: ReturnType<typeof useSaving>;
  running: ReturnType<typeof useRun>;
}

/** What stands over the editor: saving under a name, and what a run makes. */
function EditorDialogs({ source, saving, running }: EditorDialogsProps) {
  return (
    <>
      <SaveDialog
        isOpen={saving.isSaving}
        suggestedName={source.name ?? ""}
        error={saving.save.error}
        isBusy={saving.save.isPending}
        isChange={source.saved !== undefined}
        onSave={saving.saveAs}
        isOvertaken={saving.isOvertaken}
        onClose={saving.close}
      />
      {running.shownExecution !== null && (
        <Suspense fallback={null}>
          <ExecutionDialog id={running.shownExecution} onClose={running.hide} />
        </Suspense>
      )}
    </>
  );
}

/** What breaks a rule in the steps, as the server would say it; null until the models are known. */
function useDraftCheck(options: {
  steps: Source["steps"];
  source: Source;
  catalogue: ModelCatalogue | null;
}): (ReturnType<typeof checkDraft> & { steps: Source["steps"] }) | null {
  const { steps, source, catalogue } = options;
  const language = useLanguage();
  const checked = useDeferredValue(steps);
  return useMemo(
    () =>
      catalogue === null
        ? null
        : {
            ...checkDraft({
              steps: wireSteps(checked),
              inputs: source.inputs,
              catalogue,
              language,
              today: today(),
            }),
            steps: checked,
          },
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
