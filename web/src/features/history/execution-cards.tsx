import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef, useState } from "react";
import type { ExecutionSummary } from "../../api/types.ts";
import { RehearsalMark, Status } from "../../components/status.tsx";
import { useFormat } from "../../use-format.ts";
import { DeleteButton, ExecutionTitle, RerunButton, SelectBox, Thumbnail } from "./execution-facts.tsx";
import type { ExecutionListProps } from "./execution-rows.ts";
import classes from "./history.module.css";

const CARD_PIXELS = 142;
const GAP_PIXELS = 12;
const OVERSCAN = 6;

/** The history on a phone. */
export function ExecutionCards({ executions, selected, ...actions }: ExecutionListProps) {
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    setTop((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
  }, []);
  const virtualizer = useWindowVirtualizer({
    count: executions.length,
    estimateSize: () => CARD_PIXELS,
    getItemKey: (index) => executions[index]?.id ?? index,
    gap: GAP_PIXELS,
    overscan: OVERSCAN,
    scrollMargin: top,
  });
  const cards = virtualizer.getVirtualItems();
  return (
    <ul ref={list} className={classes.cards} style={{ height: virtualizer.getTotalSize() }}>
      {cards.map(({ index, key, start }) => {
        const execution = executions[index];
        return (
          execution && (
            <li
              key={key}
              ref={virtualizer.measureElement}
              data-index={index}
              aria-posinset={index + 1}
              aria-setsize={executions.length}
              className={classes.card}
              data-selected={selected?.has(execution.id) === true}
              style={{ transform: `translateY(${start - top}px)` }}
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

function CardContent({ execution, isSelected, onSelect, onDelete, onRerun }: CardContentProps) {
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
        {execution.initial_input !== execution.title && (
          <span className={classes.topic}>{execution.initial_input.slice(0, 200)}</span>
        )}
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
}
