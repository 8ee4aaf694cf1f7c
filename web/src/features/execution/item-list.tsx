import { Button } from "@mantine/core";
import { IconAlertTriangle, IconRepeat } from "@tabler/icons-react";
import { memo, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { lazyPart } from "../../components/lazy-part.tsx";
import { isFinal } from "../../../../src/workflow/statuses.ts";
import { useDecide } from "../../api/queries.ts";
import type { ItemData, ItemResult, Result, StepData } from "../../api/types.ts";
import { useFormat } from "../../use-format.ts";
import { ApprovalPanel } from "./approval-panel.tsx";
import type { Taking } from "../takes/taking.ts";
import { ItemNumber, ItemTile, type ItemStep } from "./item-tile.tsx";
import { liveKey, type LiveOutput } from "./merge-events.ts";
import classes from "./item-list.module.css";

const ItemViewer = lazyPart(() => import("./item-viewer.tsx"));

/** More than these are shown when they are asked for. */
const SHOWN_AT_FIRST = 24;
const PREVIEW_CHARACTERS = 160;

interface ItemListProps {
  step: StepData;
  items: readonly ItemData[];
  result: Result | undefined;
  output: LiveOutput;
  executionId: number;
  topic: string;
  /** Makes one item again; null while the execution is under way. */
  onRerun: ((item: number) => void) | null;
  /** Opens what can be done with the takes of an item; null where there is nothing. */
  onTake: ((taking: Taking) => void) | null;
}

/** The items of a step that runs once per item: how far it is, then what each has made, or what became of it. */
export function ItemList(props: ItemListProps) {
  const { step, items, result, output, executionId, topic, onRerun, onTake } = props;
  const { t } = useTranslation();
  const [showsAll, setShowsAll] = useState(false);
  const [opened, setOpened] = useState<ItemResult | null>(null);
  const made = new Map(result?.items?.map((item) => [item.item, item]));
  const begun = items.filter(({ status }) => status !== "pending");
  const shown = showsAll ? begun : begun.slice(0, SHOWN_AT_FIRST);
  const isGrid = ["image", "video", "document"].includes(step.modality ?? "text");
  const { step_number: number, name: stepName, modality, status } = step;
  const name = stepName ?? t("execution.step", { number });
  // Only what the items need of it, which stays the same while they change.
  const own = useMemo<ItemStep>(
    () => ({ step_number: number, name: stepName, modality, status }),
    [number, stepName, modality, status],
  );
  if (step.items_total === 0) {
    return <p className={classes.quiet}>{t("execution.items.none")}</p>;
  }
  return (
    <div className={classes.frame}>
      <ItemProgress items={items} />
      <ol className={isGrid ? classes.grid : classes.rows} aria-label={t("execution.items.label", { name })}>
        {shown.map((item) => (
          <ListedItem
            key={item.item}
            item={item}
            result={made.get(item.item)}
            step={own}
            liveText={endOf(output.texts[liveKey({ step_number: number, item: item.item })])}
            executionId={executionId}
            topic={topic}
            onOpen={setOpened}
            onRerun={onRerun}
          />
        ))}
      </ol>
      {shown.length < begun.length && (
        <Button
          variant="default"
          onClick={() => {
            setShowsAll(true);
          }}
        >
          {t("execution.items.all", { count: begun.length })}
        </Button>
      )}
      {opened !== null && (
        <Suspense fallback={null}>
          <ItemViewer
            results={result?.items ?? []}
            opened={opened}
            step={step}
            topic={topic}
            onOpen={setOpened}
            onRerun={onRerun}
            executionId={executionId}
            onTake={onTake}
            onClose={() => {
              setOpened(null);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}

/** One entry of the list. It is drawn anew only when it has changed itself: fifty may be at work. */
const ListedItem = memo(function ListedItem(props: ItemProps) {
  const { item, result, step, executionId } = props;
  return (
    <li className={classes.item} data-status={item.status}>
      <Item {...props} />
      <ItemApproval item={item} result={result} stepNumber={step.step_number} executionId={executionId} />
    </li>
  );
});

/** What is shown of a text while it is written. */
function endOf(text: string | undefined): string | undefined {
  return text?.slice(-PREVIEW_CHARACTERS);
}

interface ItemApprovalProps {
  item: ItemData;
  result: ItemResult | undefined;
  stepNumber: number;
  executionId: number;
}

function ItemApproval({ item, result, ...place }: ItemApprovalProps) {
  if (item.waiting_for?.reason !== "approval" || result === undefined) {
    return null;
  }
  return <ApprovalPanel {...place} item={item.item} decideBy={item.decide_by} result={result} />;
}

function ItemProgress({ items }: { items: readonly ItemData[] }) {
  const { t } = useTranslation();
  const total = items.length;
  const ended = items.filter(({ status }) => isFinal(status));
  const isOver = ended.length === total;
  // In the end what counts is what is there.
  const done = isOver ? ended.filter(({ status }) => status === "completed").length : ended.length;
  const failed = items.filter(({ status }) => status === "failed").length;
  const text = t("execution.items.progress", { done, total });
  return (
    <div className={classes.progress}>
      {!isOver && <progress aria-label={text} max={total} value={done} className={classes.bar} />}
      <span className="figures">{text}</span>
      {failed > 0 && (
        <span className={classes.failed}>
          <IconAlertTriangle aria-hidden size={16} stroke={1.75} />
          {t("execution.items.failed", { count: failed })}
        </span>
      )}
    </div>
  );
}

interface ItemProps extends ItemStateProps {
  result: ItemResult | undefined;
  topic: string;
  onOpen: (result: ItemResult) => void;
  onRerun: ItemListProps["onRerun"];
}

function Item({ result, topic, onOpen, onRerun, ...state }: ItemProps) {
  const { t } = useTranslation();
  const { item, step } = state;
  const number = item.item + 1;
  const rerun =
    onRerun === null
      ? null
      : () => {
          onRerun(item.item);
        };
  if (result !== undefined) {
    return (
      <ItemTile
        result={result}
        step={step}
        topic={topic}
        onOpen={() => {
          onOpen(result);
        }}
        onRerun={rerun}
      />
    );
  }
  return (
    <div className={classes.plain}>
      <ItemNumber number={number} />
      <div className={classes.state}>
        <ItemState {...state} />
        {rerun !== null && item.status === "failed" && (
          <Button
            variant="default"
            size="sm"
            aria-label={t("execution.items.rerun", { number })}
            leftSection={<IconRepeat aria-hidden size={16} stroke={1.75} />}
            onClick={rerun}
          >
            {t("execution.items.again")}
          </Button>
        )}
      </div>
    </div>
  );
}

interface ItemStateProps {
  item: ItemData;
  step: ItemStep;
  /** The end of what is written so far. */
  liveText: string | undefined;
  executionId: number;
}

/** What became of an item that has made nothing, or not yet. */
function ItemState({ item, step, liveText, executionId }: ItemStateProps) {
  const { t } = useTranslation();
  if (item.waiting_for?.reason === "in_doubt") {
    return <ItemDoubt item={item} stepNumber={step.step_number} executionId={executionId} />;
  }
  if (item.waiting_for !== null && item.status === "waiting") {
    const isCap = item.waiting_for.reason === "cap";
    return <p className={classes.quiet}>{t(isCap ? "execution.items.capped" : "execution.items.waiting")}</p>;
  }
  // What was perhaps billed when it was cut short says so too.
  if (item.error !== null && isFinal(item.status)) {
    return <p className={classes.error}>{item.error.message}</p>;
  }
  if (item.status === "running") {
    return <p className={classes.quiet}>{liveText || t(`execution.making.${step.modality ?? "text"}`)}</p>;
  }
  const isMissing = item.status === "skipped" && step.status !== "failed" && step.status !== "cancelled";
  return (
    <p className={classes.quiet}>{isMissing ? t("execution.items.skipped") : t(`status.${item.status}`)}</p>
  );
}

function ItemDoubt({
  item,
  stepNumber,
  executionId,
}: {
  item: ItemData;
  stepNumber: number;
  executionId: number;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const decide = useDecide(executionId);
  const usd = item.waiting_for?.amount_usd ?? null;
  const amount = format.atMost(usd);
  const answer = (decision: "retry" | "give_up") => {
    decide.mutate({ decision, step_number: stepNumber, item: item.item });
  };
  return (
    <div className={classes.doubt}>
      <p>{usd === null ? t("execution.items.inDoubtUnknown") : t("execution.items.inDoubt", { amount })}</p>
      <div className={classes.buttons}>
        <Button
          loading={decide.isPending}
          onClick={() => {
            answer("retry");
          }}
        >
          {usd === null ? t("decision.retryUnknown") : t("decision.retry", { amount })}
        </Button>
        <Button
          variant="default"
          disabled={decide.isPending}
          onClick={() => {
            answer("give_up");
          }}
        >
          {t("decision.giveUp")}
        </Button>
      </div>
    </div>
  );
}
