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

/** The history on a phone. */
export function ExecutionCards({ executions, onDelete, onRerun }: ExecutionListProps) {
  const format = useFormat();
  return (
    <ul className={classes.cards}>
      {executions.map((execution) => (
        <li key={execution.id} className={classes.card}>
          <Thumbnail execution={execution} />
          <div className={classes.cardBody}>
            <ExecutionTitle execution={execution} />
            {execution.initial_input !== execution.title && (
              <span className={classes.topic}>{execution.initial_input}</span>
            )}
            <BatchLink execution={execution} />
            <span className={classes.state}>
              <Status status={execution.waiting_for === null ? execution.status : "waiting"} />
              {execution.mode === "rehearsal" && <RehearsalMark />}
            </span>
            <span className={classes.cardFacts}>
              <span className="figures">{format.cost(execution.total_cost, execution.cost_basis)}</span>
              <span className="figures">
                {format.elapsedBetween(execution.started_at, execution.completed_at)}
              </span>
              <span className="figures">{format.date(execution.created_at)}</span>
            </span>
          </div>
          <span className={classes.actions}>
            <RerunButton execution={execution} onRerun={onRerun} />
            <DeleteButton execution={execution} onDelete={onDelete} />
          </span>
        </li>
      ))}
    </ul>
  );
}
