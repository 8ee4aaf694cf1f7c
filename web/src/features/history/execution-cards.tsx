import { memo, useRef } from "react";
import type { ExecutionSummary } from "../../api/types.ts";
import { RehearsalMark, Status } from "../../components/status.tsx";
import { useWindowRows } from "../../components/use-window-rows.ts";
import { useFormat } from "../../use-format.ts";
import {
  DeleteButton,
  ExecutionTitle,
  RerunButton,
  SelectBox,
  Thumbnail,
  TopicLine,
} from "./execution-facts.tsx";
import type { ExecutionListProps } from "./execution-rows.ts";
import classes from "./history.module.css";

/** As in the style sheet. */
const CARD_PIXELS = 184;
const GAP_PIXELS = 12;

/** The history on a phone. */
export function ExecutionCards({ executions, selected, ...actions }: ExecutionListProps) {
  const list = useRef<HTMLUListElement>(null);
  const { rows, totalPixels } = useWindowRows({
    container: list,
    count: executions.length,
    rowPixels: CARD_PIXELS,
    gapPixels: GAP_PIXELS,
  });
  return (
    <ul ref={list} className={classes.cards} style={{ height: totalPixels }}>
      {rows.map(({ index, top }) => {
        const execution = executions[index];
        return (
          execution && (
            <li
              key={execution.id}
              aria-posinset={index + 1}
              aria-setsize={executions.length}
              className={classes.card}
              data-selected={selected?.has(execution.id) === true}
              style={{ transform: `translateY(${top}px)` }}
            >
              <CardContent
                execution={execution}
                isSelected={selected === null ? null : selected.has(execution.id)}
                {...actions}
              />
            </li>
          )
        );
      })}
    </ul>
  );
}

interface CardContentProps extends Pick<ExecutionListProps, "onSelect" | "onDelete" | "onRerun"> {
  execution: ExecutionSummary;
  /** Null: nothing is being selected. */
  isSelected: boolean | null;
}

const CardContent = memo(function CardContent({
  execution,
  isSelected,
  onSelect,
  onDelete,
  onRerun,
}: CardContentProps) {
  const format = useFormat();
  return (
    <>
      <span className={classes.cardSide}>
        <Thumbnail execution={execution} />
        {isSelected !== null && (
          <SelectBox execution={execution} isSelected={isSelected} onSelect={onSelect} />
        )}
      </span>
      <div className={classes.cardBody}>
        <ExecutionTitle execution={execution} />
        <TopicLine execution={execution} />
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
    </>
  );
});
