import { Button, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { useExecute, useTemplates } from "../../api/queries.ts";
import type { Template } from "../../api/types.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { ProblemNotice } from "../../components/notice.tsx";
import { Page } from "../../components/page.tsx";
import { editorPath } from "../../paths.ts";
import { ImportButton } from "../sharing/import-button.tsx";
import { TemplateCard } from "./template-card.tsx";
import classes from "./templates.module.css";
import { WorkflowList } from "./workflow-list.tsx";

const MAX_GALLERY_TOPIC = 500;

/** The gallery: a topic, the templates that can be made of it, and below the person's own workflows. */
export function TemplatesPage() {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [topic, setTopic] = useState("");
  const templates = useTemplates();
  const execute = useExecute();

  function rehearse(template: Template) {
    if (topic.trim() === "") {
      navigate(editorPath({ ...sourceOf(template), focus: "topic" }));
      return;
    }
    const source =
      template.workflow_id === null ? { template_id: template.id } : { workflow_id: template.workflow_id };
    execute.mutate(
      {
        request: { ...source, initial_input: topic, mode: "rehearsal" },
        title: template.name,
        steps: template.steps,
        modalityOf: (step) =>
          template.step_models.find((model) => model.step_number === step.step_number)?.modality ?? null,
      },
      {
        onSuccess: (answer) => {
          navigate(`/combinations/executions/${answer.execution_id}`);
        },
      },
    );
  }

  return (
    <Page
      title={t("templates.title")}
      lead={t("templates.lead")}
      actions={
        <div className={classes.actions}>
          <ImportButton />
          <Button
            component={Link}
            href="/combinations/new"
            variant="default"
            leftSection={<IconPlus aria-hidden size={18} />}
          >
            {t("templates.blank")}
          </Button>
        </div>
      }
    >
      <TextInput
        className={classes.topic}
        label={t("topic.label")}
        placeholder={t("topic.example")}
        maxLength={MAX_GALLERY_TOPIC}
        value={topic}
        onChange={(event) => {
          setTopic(event.currentTarget.value);
        }}
      />
      {execute.error !== null && <ProblemNotice error={execute.error} />}
      <section aria-labelledby="templates-heading">
        <h2 id="templates-heading" className={classes.heading}>
          {t("templates.heading")}
        </h2>
        {templates.isPending && <LoadingLine />}
        {templates.error !== null && (
          <ProblemNotice
            error={templates.error}
            actions={
              <Button variant="default" onClick={() => void templates.refetch()}>
                {t("actions.tryAgain")}
              </Button>
            }
          />
        )}
        <ul className={classes.cards}>
          {(templates.data ?? []).map((template) => (
            <li key={template.id}>
              <TemplateCard
                template={template}
                useHref={editorPath({ ...sourceOf(template), topic })}
                isStarting={execute.isPending}
                onRehearse={() => {
                  rehearse(template);
                }}
              />
            </li>
          ))}
        </ul>
      </section>
      <WorkflowList topic={topic} isAboveThere={!templates.isPending} />
    </Page>
  );
}

function sourceOf(template: Template) {
  return template.workflow_id === null ? { template: template.id } : { workflow: template.workflow_id };
}
