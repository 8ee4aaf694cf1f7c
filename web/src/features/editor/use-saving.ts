import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useSaveWorkflow } from "../../api/queries.ts";
import type { Workflow } from "../../api/types.ts";
import { showToast } from "../../components/toast.ts";
import { editorPath } from "../../paths.ts";
import { storeDraft, wireSteps, EMPTY_DRAFT, type Draft, type DraftStep, type Source } from "./draft.ts";

interface SavingOptions {
  source: Source;
  draft: Draft;
  steps: DraftStep[];
  change: (changes: Partial<Draft>) => void;
}

/** Saving what the editor holds: as a new workflow, or as the changed one that it came from. */
export function useSaving({ source, draft, steps, change }: SavingOptions) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const save = useSaveWorkflow();
  const [isSaving, setIsSaving] = useState(false);

  const saveAs = (name: string, asNew: boolean) => {
    const changed = asNew ? undefined : source.saved;
    const body = {
      name,
      description: source.description,
      steps: wireSteps(steps),
      inputs: source.inputs,
      ...(changed && { is_template: changed.isTemplate }),
    };
    const options = {
      onSuccess: (workflow: Workflow) => {
        // The changes are now in the saved workflow; its editor starts with the same topic and cap.
        if (changed) change({ steps: null });
        else storeDraft(source.key, source.beginning, source.beginning);
        storeDraft(`workflow:${workflow.id}`, { ...draft, steps: null }, EMPTY_DRAFT);
        setIsSaving(false);
        showToast(t("editor.saved", { name }));
        navigate(editorPath({ workflow: workflow.id }), { replace: true });
      },
    };
    save.mutate({ id: changed?.id ?? null, body }, options);
  };

  return { save, saveAs, isSaving, setIsSaving };
}
