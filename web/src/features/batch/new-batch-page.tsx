import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSearch } from "wouter";
import type { Step, WorkflowInput } from "../../../../src/workflow/definition.ts";
import { isNotFound } from "../../api/client.ts";
import { useTemplates, useWorkflow } from "../../api/queries.ts";
import type { BatchBody } from "../../api/types.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { NotFoundPage } from "../../components/not-found-page.tsx";
import { ProblemNotice } from "../../components/notice.tsx";
import { BatchForm } from "./batch-form.tsx";
import { readKeptSteps } from "./kept-entry.ts";

/** What the rows of a batch are given to. */
export interface BatchSource {
  /** Under which what is written is kept. */
  key: string;
  title: string;
  steps: Step[];
  inputs: WorkflowInput[];
  /** How it is named to the API. */
  wire: Pick<BatchBody, "template_id" | "workflow_id" | "steps" | "title">;
}

/** Many topics for one combination: that of `?template=`, of `?workflow=`, or the steps that the editor has kept. */
export default function NewBatchPage() {
  const query = new URLSearchParams(useSearch());
  const template = query.get("template");
  const workflow = Number(query.get("workflow") ?? Number.NaN);
  if (template !== null) {
    return <TemplateBatch key={template} id={template} />;
  }
  if (Number.isSafeInteger(workflow) && workflow > 0) {
    return <WorkflowBatch key={workflow} id={workflow} />;
  }
  return <KeptStepsBatch />;
}

function TemplateBatch({ id }: { id: string }) {
  const templates = useTemplates();
  const template = templates.data?.find((each) => each.id === id);
  const source = useMemo<BatchSource | undefined>(() => {
    if (template === undefined) return undefined;
    const { name, steps, inputs } = template;
    return { key: `template:${id}`, title: name, steps, inputs, wire: { template_id: id } };
  }, [template, id]);
  if (source === undefined) {
    return <Waiting error={templates.error} isMissing={templates.isSuccess} />;
  }
  return <BatchForm source={source} />;
}

function WorkflowBatch({ id }: { id: number }) {
  const workflow = useWorkflow(id);
  const saved = workflow.data;
  const source = useMemo<BatchSource | undefined>(() => {
    if (saved === undefined) return undefined;
    const { name, steps, inputs } = saved;
    return { key: `workflow:${id}`, title: name, steps, inputs, wire: { workflow_id: id } };
  }, [saved, id]);
  if (source === undefined) {
    return <Waiting error={workflow.error} isMissing={isNotFound(workflow.error)} />;
  }
  return <BatchForm source={source} />;
}

function KeptStepsBatch() {
  const { t } = useTranslation();
  const source = useMemo<BatchSource | null>(() => {
    const kept = readKeptSteps();
    if (kept === null) return null;
    const { steps } = kept;
    const title = kept.title === "" ? t("batch.untitled") : kept.title;
    return { key: "steps", title, steps, inputs: [], wire: { steps, title } };
  }, [t]);
  return source === null ? <NotFoundPage /> : <BatchForm source={source} />;
}

function Waiting({ error, isMissing }: { error: Error | null; isMissing: boolean }) {
  if (isMissing) {
    return <NotFoundPage />;
  }
  return error === null ? <LoadingLine /> : <ProblemNotice error={error} />;
}
