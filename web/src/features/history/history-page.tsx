import { Button, NativeSelect } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { EXECUTION_STATUSES, type ExecutionStatus } from "../../../../src/workflow/statuses.ts";
import { useDeleteExecution, useExecutions } from "../../api/queries.ts";
import type { ExecutionSummary } from "../../api/types.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { LoadingLine } from "../../components/loading-line.tsx";
import { ProblemNotice } from "../../components/notice.tsx";
import { EmptyState, Page } from "../../components/page.tsx";
import { showToast } from "../../components/toast.ts";
import { BatchList } from "../batch/batch-list.tsx";
import { RerunDialog, type RerunTarget } from "../rerun/rerun-dialog.tsx";
import { rerunTarget } from "../rerun/step-menu.tsx";
import { ExecutionCards } from "./execution-cards.tsx";
import { ExecutionTable } from "./execution-table.tsx";
import classes from "./history.module.css";

/** Every execution, newest first; each opens again with its results. */
export default function HistoryPage() {
  const { t } = useTranslation();
  const [status, setStatus] = useState<ExecutionStatus | null>(null);
  const [doomed, setDoomed] = useState<ExecutionSummary | null>(null);
  const isPhone = useMediaQuery("(max-width: 860px)", undefined, { getInitialValueInEffect: false });
  const [target, setTarget] = useState<RerunTarget | null>(null);
  const list = useExecutions(status);
  const remove = useDeleteExecution();
  const executions = list.data?.pages.flatMap((page) => page.executions) ?? [];
  const Rows = isPhone ? ExecutionCards : ExecutionTable;

  function confirmRemoval(execution: ExecutionSummary) {
    remove.mutate(execution.id, {
      onSuccess: () => {
        setDoomed(null);
        showToast(t("history.deleted"));
      },
    });
  }

  return (
    <Page
      title={t("history.title")}
      lead={t("history.lead")}
      actions={
        <NativeSelect
          size="md"
          className={classes.filter}
          label={t("history.filter")}
          value={status ?? ""}
          data={[
            { value: "", label: t("history.all") },
            ...EXECUTION_STATUSES.map((value) => ({ value, label: t(`status.${value}`) })),
          ]}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            setStatus(EXECUTION_STATUSES.find((value) => value === chosen) ?? null);
          }}
        />
      }
    >
      <BatchList />
      {list.isPending && <LoadingLine />}
      {list.error !== null && <ProblemNotice error={list.error} />}
      {remove.error !== null && <ProblemNotice error={remove.error} />}
      {list.isSuccess && executions.length === 0 && (
        <EmptyState
          title={t(status === null ? "history.emptyTitle" : "history.noneTitle")}
          text={t(status === null ? "history.emptyText" : "history.noneText")}
          action={
            status === null && (
              <Button component={Link} href="/combinations">
                {t("history.emptyAction")}
              </Button>
            )
          }
        />
      )}
      {executions.length > 0 && (
        <Rows
          executions={executions}
          onDelete={setDoomed}
          onRerun={(execution) => {
            setTarget(rerunTarget(execution, execution.status === "completed" ? 1 : null));
          }}
        />
      )}
      {list.hasNextPage && (
        <Button
          variant="default"
          mt="lg"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t("actions.more")}
        </Button>
      )}
      <RerunDialog
        target={target}
        onClose={() => {
          setTarget(null);
        }}
      />
      <ConfirmDialog
        isOpen={doomed !== null}
        title={t("history.deleteTitle")}
        text={t("history.deleteText")}
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
    </Page>
  );
}
