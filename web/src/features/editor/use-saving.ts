import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { queryKeys, useSaveWorkflow } from "../../api/queries.ts";
import type { Workflow } from "../../api/types.ts";
import { showToast } from "../../components/toast.ts";
import { editorPath } from "../../paths.ts";
import {
  EMPTY_DRAFT,
  isOvertaken,
  storeDraft,
  wireSteps,
  type Draft,
  type DraftStep,
  type Source,
} from "./draft.ts";

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
  const client = useQueryClient();
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

  return {
    save,
    saveAs,
    isSaving,
    open: () => {
      save.reset();
      // Another tab or person may have saved it since it was read.
      if (source.saved) void client.invalidateQueries({ queryKey: queryKeys.workflow(source.saved.id) });
      setIsSaving(true);
    },
    close: () => {
      setIsSaving(false);
    },
    isOvertaken: isOvertaken(draft, source),
  };
}
