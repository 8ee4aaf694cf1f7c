import { useMemo } from "react";
import { useParams } from "wouter";
import { isNotFound } from "../../api/client.ts";
import { useProviders, useTemplates, useWorkflow } from "../../api/queries.ts";
import { catalogueOf } from "../../catalogue.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { NotFoundPage } from "../../components/not-found-page.tsx";
import { ProblemNotice } from "../../components/notice.tsx";
import { editorPath, formPath } from "../../paths.ts";
import { RunForm, type FormSource } from "./run-form.tsx";

const ID = /^[1-9]\d{0,15}$/;

/** A workflow or template as a form with nothing but its inputs. Only what is stored runs: no steps come by the address. */
export default function RunFormPage() {
  const { workflowId, templateId } = useParams<{ workflowId?: string; templateId?: string }>();
  if (templateId !== undefined) {
    return <TemplateForm key={templateId} id={templateId} />;
  }
  return workflowId !== undefined && ID.test(workflowId) ? (
    <WorkflowForm key={workflowId} id={Number(workflowId)} />
  ) : (
    <NotFoundPage />
  );
}

function TemplateForm({ id }: { id: string }) {
  const templates = useTemplates();
  const template = templates.data?.find((each) => each.id === id);
  const source = useMemo<FormSource | undefined>(
    () =>
      template && {
        key: `template:${template.id}`,
        start: { template_id: template.id },
        path: formPath({ template: template.id }),
        builderPath: editorPath({ template: template.id }),
        title: template.name,
        description: template.description,
        steps: template.steps,
        inputs: template.inputs,
        made: template.step_models,
      },
    [template],
  );
  if (source !== undefined) {
    return <RunForm source={source} />;
  }
  return templates.isSuccess ? <NotFoundPage /> : <Waiting error={templates.error} />;
}

function WorkflowForm({ id }: { id: number }) {
  const workflow = useWorkflow(id);
  const providers = useProviders();
  const saved = workflow.data;
  const source = useMemo<FormSource | undefined>(() => {
    if (saved === undefined) {
      return undefined;
    }
    const catalogue = catalogueOf(providers.data);
    return {
      key: `workflow:${saved.id}`,
      start: { workflow_id: saved.id },
      path: formPath({ workflow: saved.id }),
      builderPath: editorPath({ workflow: saved.id }),
      title: saved.name,
      description: saved.description,
      steps: saved.steps,
      inputs: saved.inputs,
      made: saved.steps.flatMap(({ step_number, ai_provider }) => {
        const modality = catalogue.resolve(ai_provider)?.modality;
        return modality === undefined ? [] : [{ step_number, modality }];
      }),
    };
  }, [saved, providers.data]);
  if (saved === undefined && isNotFound(workflow.error)) {
    return <NotFoundPage />;
  }
  return source === undefined ? <Waiting error={workflow.error} /> : <RunForm source={source} />;
}

function Waiting({ error }: { error: Error | null }) {
  return error === null ? <LoadingLine /> : <ProblemNotice error={error} />;
}
