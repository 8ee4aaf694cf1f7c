import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useLastResult } from "../../api/history.ts";
import type { Workflow } from "../../api/types.ts";
import { Thumbnail } from "../history/execution-facts.tsx";
import classes from "./last-result.module.css";

/** What a saved workflow made last, small; it opens the run. Nothing where there is nothing to be seen. */
export function LastResult({ workflow }: { workflow: Pick<Workflow, "id" | "name"> }) {
  const { t } = useTranslation();
  const { data: execution } = useLastResult(workflow.id);
  if (execution === undefined || execution === null || execution.media.length === 0) {
    return null;
  }
  return (
    <Link
      href={`/combinations/executions/${execution.id}`}
      className={classes.last}
      aria-label={t("library.lastResult", { name: workflow.name })}
    >
      <Thumbnail execution={execution} />
    </Link>
  );
}
