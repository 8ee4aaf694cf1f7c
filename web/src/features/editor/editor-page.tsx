import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSearch } from "wouter";
import { useTemplates, useWorkflow } from "../../api/queries.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { NotFoundPage } from "../../components/not-found-page.tsx";
import { ProblemNotice } from "../../components/notice.tsx";
import { newStep, withKeys, type Source } from "./draft.ts";
import { Editor } from "./editor.tsx";

/** The editor, pre-filled by `?template=` or `?workflow=`; with neither, one empty step. */
export default function EditorPage() {
  const query = new URLSearchParams(useSearch());
  const templateId = query.get("template");
  const workflowId = query.get("workflow");
  if (templateId !== null) {
    return <TemplateEditor key={templateId} id={templateId} />;
  }
  if (workflowId !== null) {
    return /^[1-9]\d{0,15}$/.test(workflowId) ? (
      <WorkflowEditor key={workflowId} id={Number(workflowId)} />
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
        description: template.description,
        steps: withKeys(template.steps),
        inputs: template.inputs,
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
        title: saved.name,
        description: saved.description,
        steps: withKeys(saved.steps),
        inputs: saved.inputs,
      },
    [saved],
  );
  if (source === undefined) {
    return <Waiting error={workflow.error} isMissing={false} />;
  }
  return <Editor source={source} start={{ workflow_id: id }} />;
}

function BlankEditor() {
  const { t } = useTranslation();
  const source = useMemo<Source>(
    () => ({
      key: "blank",
      title: t("editor.blankTitle"),
      description: "",
      steps: [newStep(0, "s0")],
      inputs: [],
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
