import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useDeleteWorkflow, useProviders, useWorkflows } from "../../api/queries.ts";
import type { Workflow } from "../../api/types.ts";
import { catalogueOf } from "../../catalogue.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { LoadingLine } from "../../components/loading-line.tsx";
import { MediumChain } from "../../components/medium.tsx";
import { ProblemNotice } from "../../components/notice.tsx";
import { EmptyState } from "../../components/page.tsx";
import { showToast } from "../../components/toast.ts";
import { editorPath } from "../../paths.ts";
import { useFormat } from "../../use-format.ts";
import { FormAndBatchMenu } from "./form-and-batch-menu.tsx";
import { LastResult } from "./last-result.tsx";
import classes from "./templates.module.css";

interface WorkflowListProps {
  topic: string;
  /** Whether what stands above the list has come: what is pointed at is not to be pushed away by it. */
  isAboveThere: boolean;
}

/** The person's saved workflows. */
export function WorkflowList({ topic, isAboveThere }: WorkflowListProps) {
  const { t } = useTranslation();
  const workflows = useWorkflows();
  const remove = useDeleteWorkflow();
  const [doomed, setDoomed] = useState<Workflow | null>(null);
  const saved = workflows.data?.pages.flatMap((page) => page.workflows) ?? [];
  const isThere = workflows.isSuccess && isAboveThere;

  function confirmRemoval(workflow: Workflow) {
    remove.mutate(workflow.id, {
      onSuccess: () => {
        setDoomed(null);
        showToast(t("workflows.deleted", { name: workflow.name }));
      },
    });
  }

  return (
    <section aria-labelledby="workflows-heading" className={classes.mine}>
      <h2 id="workflows-heading" className={classes.heading}>
        {t("workflows.heading")}
      </h2>
      {!isThere && workflows.error === null && <LoadingLine />}
      {workflows.error !== null && <ProblemNotice error={workflows.error} />}
      {isThere && saved.length === 0 && (
        <EmptyState
          title={t("workflows.emptyTitle")}
          text={t("workflows.emptyText")}
          action={
            <Button
              component={Link}
              href="/combinations/new"
              variant="default"
              leftSection={<IconPlus aria-hidden size={18} />}
            >
              {t("workflows.emptyAction")}
            </Button>
          }
        />
      )}
      <ul className={classes.grid}>
        {(isThere ? saved : []).map((workflow) => (
          <li key={workflow.id}>
            <WorkflowCard
              workflow={workflow}
              topic={topic}
              onDelete={() => {
                setDoomed(workflow);
              }}
            />
          </li>
        ))}
      </ul>
      {workflows.hasNextPage && (
        <Button
          variant="default"
          mt="lg"
          loading={workflows.isFetchingNextPage}
          onClick={() => void workflows.fetchNextPage()}
        >
          {t("actions.more")}
        </Button>
      )}
      <ConfirmDialog
        isOpen={doomed !== null}
        title={t("workflows.deleteTitle", { name: doomed?.name ?? "" })}
        text={t("workflows.deleteText")}
        confirmText={t("actions.delete")}
        isBusy={remove.isPending}
        onConfirm={() => {
          if (doomed !== null) {
            confirmRemoval(doomed);
          }
        }}
        onClose={() => {
          setDoomed(null);
        }}
      />
    </section>
  );
}

interface WorkflowCardProps {
  workflow: Workflow;
  topic: string;
  onDelete: () => void;
}

function WorkflowCard({ workflow, topic, onDelete }: WorkflowCardProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const providers = useProviders();
  const made = useMemo(() => {
    const catalogue = catalogueOf(providers.data);
    return workflow.steps.map((step) => ({
      step_number: step.step_number,
      modality: catalogue.resolve(step.ai_provider)?.modality ?? "text",
    }));
  }, [providers.data, workflow.steps]);
  return (
    <article className={classes.small}>
      {workflow.execution_count > 0 && <LastResult workflow={workflow} />}
      <h3 className={classes.smallTitle}>
        <Link href={editorPath({ workflow: workflow.id, topic })} className={classes.cardLink}>
          {workflow.name}
        </Link>
      </h3>
      <p className={classes.smallFacts}>
        {t("workflows.facts", { count: workflow.execution_count, date: format.date(workflow.updated_at) })}
      </p>
      {providers.isSuccess && <MediumChain steps={made} />}
      <div className={classes.smallButtons}>
        <Button
          component={Link}
          variant="default"
          href={editorPath({ workflow: workflow.id, topic, focus: "topic" })}
          aria-label={t("workflows.openNamed", { name: workflow.name })}
        >
          {t("workflows.open")}
        </Button>
        <FormAndBatchMenu name={workflow.name} target={{ workflow: workflow.id }} onDelete={onDelete} />
      </div>
    </article>
  );
}
