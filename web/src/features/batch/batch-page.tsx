import { Button } from "@mantine/core";
import { IconDownload, IconPlayerStop, IconRepeat } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "wouter";
import { isFinal } from "../../../../src/workflow/statuses.ts";
import { useBatch, useCancelBatch, useRerunBatch, useSetBatchCap } from "../../api/batches.ts";
import { API, isNotFound } from "../../api/client.ts";
import type { BatchDetail } from "../../api/types.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { LoadingLine } from "../../components/loading-line.tsx";
import { NotFoundPage } from "../../components/not-found-page.tsx";
import { Notice, ProblemNotice } from "../../components/notice.tsx";
import { Page } from "../../components/page.tsx";
import { RehearsalMark, Status } from "../../components/status.tsx";
import { useFormat } from "../../use-format.ts";
import { ConnectionLine } from "../live/connection-line.tsx";
import { BatchCap } from "./batch-cap.tsx";
import { doneOf, type RowFilter } from "./batch-progress.ts";
import { BatchTotals } from "./batch-totals.tsx";
import { BatchRowList } from "./batch-row-list.tsx";
import { RowFilters } from "./row-filters.tsx";
import { useLiveBatch } from "./use-live-batch.ts";
import classes from "./batch.module.css";

export default function BatchPage() {
  const { id } = useParams<{ id: string }>();
  return /^[1-9]\d{0,15}$/.test(id) ? <KnownBatch key={id} id={Number(id)} /> : <NotFoundPage />;
}

function KnownBatch({ id }: { id: number }) {
  const { data: batch, error } = useBatch(id);
  if (batch === undefined && isNotFound(error)) {
    return <NotFoundPage />;
  }
  if (batch === undefined) {
    return error === null ? <LoadingLine /> : <ProblemNotice error={error} />;
  }
  return <BatchView batch={batch} />;
}

/** A batch: how all its rows stand, what they cost together, and each of them with its last result. */
function BatchView({ batch }: { batch: BatchDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { id } = batch;
  const live = useLiveBatch(id);
  const cancel = useCancelBatch(id);
  const raise = useSetBatchCap(id);
  const rerun = useRerunBatch(id);
  const [filter, setFilter] = useState<RowFilter>("all");
  const [isCancelling, setCancelling] = useState(false);
  const state = live.state ?? batch;
  const { done } = doneOf(state);
  const isOver = isFinal(state.status);
  const rerunRows = (rows: number[] | null) => {
    rerun.mutate(rows, { onSuccess: live.again });
  };
  const error = cancel.error ?? raise.error ?? rerun.error;
  return (
    <Page
      title={batch.title ?? t("batch.untitled")}
      lead={t("batch.lead", { count: batch.row_count, date: format.date(batch.created_at) })}
      actions={
        <div className={classes.actions}>
          {done > 0 && <Downloads id={id} />}
          {state.counts.failed > 0 && (
            <Button
              variant="default"
              loading={rerun.isPending}
              leftSection={<IconRepeat aria-hidden size={18} stroke={1.75} />}
              onClick={() => {
                rerunRows(null);
              }}
            >
              {t("batch.rerunFailed", { count: state.counts.failed })}
            </Button>
          )}
          {!isOver && (
            <Button
              variant="default"
              loading={cancel.isPending}
              leftSection={<IconPlayerStop aria-hidden size={18} stroke={1.75} />}
              onClick={() => {
                setCancelling(true);
              }}
            >
              {t("batch.cancel")}
            </Button>
          )}
        </div>
      }
    >
      <div className={classes.view}>
        <p className={classes.state}>
          <Status status={state.status} />
          {batch.mode === "rehearsal" && <RehearsalMark />}
        </p>
        <BatchTotals batch={batch} state={state} rows={live.rows} />
        <ConnectionLine isLost={live.isBroken && !isOver} />
        {error !== null && <ProblemNotice error={error} />}
        {rerun.data !== undefined && rerun.data.refused.length > 0 && (
          <Refused refused={rerun.data.refused} />
        )}
        {state.cap.waiting_rows > 0 && (
          <BatchCap
            cap={state.cap}
            isBusy={raise.isPending}
            onRaise={(usd) => {
              raise.mutate(usd, { onSuccess: live.setState });
            }}
          />
        )}
        <RowFilters state={state} filter={filter} onChange={setFilter} />
        <BatchRowList
          rows={live.rows}
          filter={filter}
          isLoading={live.state === null}
          isBusy={rerun.isPending}
          onRerun={(row) => {
            rerunRows([row]);
          }}
        />
      </div>
      <ConfirmDialog
        isOpen={isCancelling}
        title={t("batch.cancelTitle")}
        text={t("batch.cancelText")}
        confirmText={t("batch.cancel")}
        isBusy={cancel.isPending}
        onConfirm={() => {
          cancel.mutate(undefined, {
            onSettled: () => {
              setCancelling(false);
            },
          });
        }}
        onClose={() => {
          setCancelling(false);
        }}
      />
    </Page>
  );
}

function Downloads({ id }: { id: number }) {
  const { t } = useTranslation();
  const icon = <IconDownload aria-hidden size={18} stroke={1.75} />;
  return (
    <>
      <Button
        component="a"
        href={`${API}/batches/${id}/results.csv`}
        download
        variant="default"
        leftSection={icon}
      >
        {t("batch.csv")}
      </Button>
      <Button
        component="a"
        href={`${API}/batches/${id}/archive`}
        download
        variant="default"
        leftSection={icon}
      >
        {t("batch.zip")}
      </Button>
    </>
  );
}

function Refused({ refused }: { refused: { row: number; message: string }[] }) {
  const { t } = useTranslation();
  return (
    <Notice kind="warning" title={t("batch.refused", { count: refused.length })}>
      <ul className={classes.refused}>
        {refused.slice(0, 5).map(({ row, message }) => (
          <li key={row}>
            <strong>{t("batch.row", { number: row })}</strong> {message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
