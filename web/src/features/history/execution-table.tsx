import { useTranslation } from "react-i18next";
import { RehearsalMark, Status } from "../../components/status.tsx";
import { useFormat } from "../../use-format.ts";
import { BatchLink } from "../batch/batch-link.tsx";
import {
  DeleteButton,
  ExecutionTitle,
  RerunButton,
  Thumbnail,
  type ExecutionListProps,
} from "./execution-facts.tsx";
import classes from "./history.module.css";

export function ExecutionTable({ executions, onDelete, onRerun }: ExecutionListProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col" colSpan={2}>
            {t("history.combination")}
          </th>
          <th scope="col">{t("history.status")}</th>
          <th scope="col" className={classes.number}>
            {t("history.cost")}
          </th>
          <th scope="col" className={classes.number}>
            {t("history.time")}
          </th>
          <th scope="col">{t("history.date")}</th>
          <th scope="col">
            <span className="visually-hidden">{t("history.actions")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {executions.map((execution) => (
          <tr key={execution.id}>
            <td className={classes.thumbnailCell}>
              <Thumbnail execution={execution} />
            </td>
            <td className={classes.titleCell}>
              <ExecutionTitle execution={execution} />
              {execution.initial_input !== execution.title && (
                <span className={classes.topic}>{execution.initial_input}</span>
              )}
              <BatchLink execution={execution} />
            </td>
            <td>
              <span className={classes.state}>
                <Status status={execution.waiting_for === null ? execution.status : "waiting"} />
                {execution.mode === "rehearsal" && <RehearsalMark />}
              </span>
            </td>
            <td className={classes.number}>{format.cost(execution.total_cost, execution.cost_basis)}</td>
            <td className={classes.number}>
              {format.elapsedBetween(execution.started_at, execution.completed_at) ?? "–"}
            </td>
            <td className="figures">{format.date(execution.created_at)}</td>
            <td>
              <span className={classes.actions}>
                <RerunButton execution={execution} onRerun={onRerun} />
                <DeleteButton execution={execution} onDelete={onDelete} />
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
