import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSearch } from "wouter";
import { useExecution, useTemplates, useWorkflow } from "../../api/queries.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { NotFoundPage } from "../../components/not-found-page.tsx";
import { ProblemNotice } from "../../components/notice.tsx";
import { EMPTY_DRAFT, newStep, titleOf, withInputs, withKeys, type Source } from "./draft.ts";
import { Editor } from "./editor.tsx";

const ID = /^[1-9]\d{0,15}$/;

/** The editor, pre-filled by `?template=`, `?workflow=` or `?execution=`; with none of them, one empty step. */
export default function EditorPage() {
  const query = new URLSearchParams(useSearch());
  const templateId = query.get("template");
  const workflowId = query.get("workflow");
  const executionId = query.get("execution");
  if (templateId !== null) {
    return <TemplateEditor key={templateId} id={templateId} />;
  }
  if (workflowId !== null) {
    return ID.test(workflowId) ? (
      <WorkflowEditor key={workflowId} id={Number(workflowId)} />
    ) : (
      <NotFoundPage />
    );
  }
  if (executionId !== null) {
    return ID.test(executionId) ? (
      <ExecutionEditor key={executionId} id={Number(executionId)} />
    ) : (
      <NotFoundPage />
    );
  }
  return <BlankEditor />;
}

function TemplateEditor({ id }: { id: string }) {
  const templates = useTemplates();
  const template = templates.data?.find((each) => each.id === id);
  const source = useMemo<Source | undefined>(
    () =>
      template && {
        key: `template:${template.id}`,
        title: template.name,
        name: template.name,
        description: template.description,
        steps: withKeys(template.steps),
        inputs: template.inputs,
        beginning: EMPTY_DRAFT,
      },
    [template],
  );
  if (source === undefined) {
    return <Waiting error={templates.error} isMissing={templates.isSuccess} />;
  }
  return <Editor source={source} start={{ template_id: id }} />;
}

function WorkflowEditor({ id }: { id: number }) {
  const workflow = useWorkflow(id);
  const saved = workflow.data;
  const source = useMemo<Source | undefined>(
    () =>
      saved && {
        key: `workflow:${saved.id}`,
        saved: { id: saved.id, isTemplate: saved.is_template, savedAt: saved.updated_at },
        title: saved.name,
        name: saved.name,
        description: saved.description,
        steps: withKeys(saved.steps),
        inputs: saved.inputs,
        beginning: EMPTY_DRAFT,
      },
    [saved],
  );
  if (source === undefined) {
    return <Waiting error={workflow.error} isMissing={false} />;
  }
  return <Editor source={source} start={{ workflow_id: id }} />;
}

/** What an execution ran, whether or not the workflow that it came from is still there. */
function ExecutionEditor({ id }: { id: number }) {
  const { t } = useTranslation();
  const execution = useExecution(id, false);
  const made = execution.data;
  const source = useMemo<Source | undefined>(
    () =>
      made && {
        key: `execution:${made.id}`,
        title: made.title ?? t("execution.untitled", { id: made.id }),
        // A title that is nothing but the topic goes with the topic.
        name: made.title === titleOf({ name: null }, made.initial_input) ? null : made.title,
        description: "",
        steps: withKeys(withInputs(made.steps, made.inputs)),
        inputs: [],
        beginning: { ...EMPTY_DRAFT, topic: made.initial_input, capUsd: made.cap_usd },
      },
    [made, t],
  );
  if (source === undefined) {
    return <Waiting error={execution.error} isMissing={false} />;
  }
  return <Editor source={source} start={null} />;
}

function BlankEditor() {
  const { t } = useTranslation();
  const source = useMemo<Source>(
    () => ({
      key: "blank",
      title: t("editor.blankTitle"),
      name: null,
      description: "",
      steps: [newStep(0, "s0")],
      inputs: [],
      beginning: EMPTY_DRAFT,
    }),
    [t],
  );
  return <Editor source={source} start={null} />;
}

function Waiting({ error, isMissing }: { error: Error | null; isMissing: boolean }) {
  if (isMissing) {
    return <NotFoundPage />;
  }
  return error === null ? <LoadingLine /> : <ProblemNotice error={error} />;
}
