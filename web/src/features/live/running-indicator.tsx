import { IconHandStop } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useLiveRuns } from "./live-context.ts";
import { doneOf, numberOf } from "./live-run.ts";
import classes from "./live.module.css";

const SIZE = 22;
const RADIUS = 9;
const AROUND = 2 * Math.PI * RADIUS;
/** So that a ring that has only begun is seen to be one. */
const LEAST = 0.08;

/** In the rail: what runs or waits for a person, and the way to it. Nothing where nothing does. */
export function RunningIndicator({ className }: { className: string | undefined }) {
  const { t } = useTranslation();
  const { runs, shown } = useLiveRuns();
  const asking = runs.filter(({ asks }) => asks);
  const working = runs.filter(({ status }) => status !== "waiting");
  const told = asking.length > 0 ? asking : working;
  const [first] = told;
  if (first === undefined) {
    return null;
  }
  const isAsking = asking.length > 0;
  const href = told.length === 1 ? `/combinations/executions/${first.id}` : "/combinations/executions";
  const isShown = told.every(({ id }) => shown.has(id));
  return (
    <li className={classes.place} data-shown={isShown}>
      <Link href={href} className={`${className ?? ""} ${classes.indicator}`} data-asks={isAsking}>
        {isAsking ? (
          <IconHandStop size={SIZE} stroke={1.6} aria-hidden />
        ) : (
          <Ring done={Math.max(LEAST, doneOf(working))} count={working.length} />
        )}
        <span className={classes.word}>
          {t(isAsking ? "runner.live.asking" : "runner.live.running", {
            count: told.length,
            number: numberOf(told.length),
          })}
        </span>
      </Link>
    </li>
  );
}

/** A ring with the number of runs in it, which is said in words beside it. */
function Ring({ done, count }: { done: number; count: number }) {
  return (
    <span className={classes.ringFrame} aria-hidden>
      <svg className={classes.ring} width={SIZE} height={SIZE} viewBox="0 0 22 22">
        <circle cx={11} cy={11} r={RADIUS} />
        <circle
          className={classes.ringDone}
          cx={11}
          cy={11}
          r={RADIUS}
          strokeDasharray={AROUND}
          strokeDashoffset={AROUND * (1 - done)}
        />
      </svg>
      <span className={classes.count}>{count}</span>
    </span>
  );
}
