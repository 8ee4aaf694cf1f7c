import { Button, Switch } from "@mantine/core";
import { IconCheck, IconPlus } from "@tabler/icons-react";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { lazyPart } from "../../components/lazy-part.tsx";
import { useExecution } from "../../api/queries.ts";
import type { Execution } from "../../api/types.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import type { RerunTarget } from "../rerun/rerun-dialog.tsx";
import { placeIn, textOf } from "./placed-take.ts";
import { TakeColumn } from "./take-column.tsx";
import { shuffled, type Taking } from "./taking.ts";
import classes from "./takes.module.css";

/** What is shown changes by events, which come to the columns. */
const POLL_MS = 20_000;

const TextDifference = lazyPart(() => import("./text-difference.tsx"));

interface TakeSheetProps {
  /** The one whose step it is. */
  execution: Execution;
  taking: Taking;
  /** The executions of the takes that are shown beside it. */
  ids: readonly number[];
  onCompare: () => void;
  onUse: (take: NonNullable<RerunTarget["take"]>) => void;
}

/** Takes side by side, the present one first; they are written, drawn and said as one watches. */
export default function TakeSheet({ execution, taking, ids, onCompare, onUse }: TakeSheetProps) {
  const { t } = useTranslation();
  const [isBlind, setBlind] = useState(false);
  const hasOwn = placeIn(execution, taking).result !== undefined;
  const all = hasOwn ? [execution.id, ...ids.filter((id) => id !== execution.id)] : [...ids];
  const ownPrompt = execution.steps.find(({ step_number }) => step_number === taking.stepNumber)?.prompt;
  const ordered = isBlind ? shuffled(all) : all;
  return (
    <div className={classes.sheet}>
      <div className={classes.sheetBar}>
        {all.length > 1 && (
          <Switch
            label={t("takes.blind")}
            checked={isBlind}
            onChange={(event) => {
              setBlind(event.currentTarget.checked);
            }}
          />
        )}
        <Button
          variant="default"
          leftSection={<IconPlus aria-hidden size={18} stroke={1.75} />}
          onClick={onCompare}
        >
          {t("takes.another")}
        </Button>
      </div>
      <div className={classes.columns} data-count={ordered.length}>
        {ordered.map((id, index) => (
          <TakeColumn
            key={id}
            id={id}
            taking={taking}
            topic={execution.initial_input}
            ownPrompt={ownPrompt}
            letter={isBlind ? String.fromCodePoint(65 + index) : null}
            isPresent={id === execution.id}
            action={
              id === execution.id ? null : (
                <UseButton
                  id={id}
                  taking={taking}
                  onUse={() => {
                    onUse({
                      executionId: id,
                      stepNumber: taking.stepNumber,
                      ...(taking.item !== undefined && { item: taking.item }),
                    });
                  }}
                />
              )
            }
          />
        ))}
      </div>
      {hasOwn && ids.length === 1 && !isBlind && (
        <Difference execution={execution} otherId={ids[0] ?? 0} taking={taking} />
      )}
    </div>
  );
}

/** What the take is chosen with; while it waits for a person, the way to where that is answered. */
function UseButton({ id, taking, onUse }: { id: number; taking: Taking; onUse: () => void }) {
  const { t } = useTranslation();
  const { data: execution } = useExecution(id, POLL_MS);
  const { result } = execution ? placeIn(execution, taking) : {};
  if (execution?.status === "waiting" && result === undefined) {
    return (
      <Button component={Link} href={`/combinations/executions/${id}`} variant="default">
        {t("takes.answer")}
      </Button>
    );
  }
  return (
    <Button
      disabled={result === undefined}
      leftSection={<IconCheck aria-hidden size={18} stroke={1.75} />}
      onClick={onUse}
    >
      {t("takes.use")}
    </Button>
  );
}

interface DifferenceProps {
  execution: Execution;
  otherId: number;
  taking: Taking;
}

/** What one text says otherwise than the other, when it is asked for. */
function Difference({ execution, otherId, taking }: DifferenceProps) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const { data: other } = useExecution(otherId, POLL_MS);
  const before = textOf(placeIn(execution, taking).result);
  const after = other ? textOf(placeIn(other, taking).result) : null;
  if (before === null || after === null) return null;
  return (
    <>
      <Button
        variant="default"
        className={classes.differ}
        aria-expanded={isOpen}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        {t(isOpen ? "takes.hideDifference" : "takes.showDifference")}
      </Button>
      {isOpen && (
        <Suspense fallback={<LoadingLine />}>
          <TextDifference before={before} after={after} />
        </Suspense>
      )}
    </>
  );
}
