import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { ExecutionSummary } from "../../api/types.ts";
import { batchPath } from "../../paths.ts";
import classes from "./batch-link.module.css";

/** Names the batch that an execution is of, and leads there; nothing where it is of none. */
export function BatchLink({ execution }: { execution: Pick<ExecutionSummary, "batch_id" | "batch_row"> }) {
  const { t } = useTranslation();
  if (execution.batch_id === null) {
    return null;
  }
  return (
    <Link href={batchPath(execution.batch_id)} className={classes.link}>
      {t("batch.ofBatch", { row: execution.batch_row ?? 0, id: execution.batch_id })}
    </Link>
  );
}
