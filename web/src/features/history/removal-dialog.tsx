import { useTranslation } from "react-i18next";
import { isFinal } from "../../../../src/workflow/statuses.ts";
import { useDeleteExecutions } from "../../api/history.ts";
import type { ExecutionSummary } from "../../api/types.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { showToast } from "../../components/toast.ts";

interface RemovalDialogProps {
  /** None: it is closed. */
  doomed: readonly ExecutionSummary[];
  onClose: () => void;
  onRemoved: () => void;
}

/** Asks before executions are removed: says what goes, and that what they cost stays counted. */
export function RemovalDialog({ doomed, onClose, onRemoved }: RemovalDialogProps) {
  const { t } = useTranslation();
  const remove = useDeleteExecutions();
  const ids = doomed.filter(({ status }) => isFinal(status)).map(({ id }) => id);
  const count = ids.length;
  const unfinished = doomed.length - count;
  const files = doomed.reduce((sum, { media }) => sum + media.length, 0);
  return (
    <ConfirmDialog
      isOpen={doomed.length > 0}
      title={t("history.deleteTitle", { count })}
      text={[
        t("history.deleteText", { count, results: t("history.results", { count: files }) }),
        ...(unfinished > 0 ? [t("history.unfinished", { count: unfinished })] : []),
      ].join(" ")}
      confirmText={t("actions.delete")}
      isBusy={remove.isPending}
      onConfirm={() => {
        remove.mutate(ids, {
          onSuccess: ({ removed, problem }) => {
            onClose();
            onRemoved();
            if (removed > 0) {
              showToast(t("history.deleted", { count: removed }));
            }
            if (problem !== null) {
              showToast(problem.message, "failed");
            }
          },
        });
      }}
      onClose={onClose}
    />
  );
}
