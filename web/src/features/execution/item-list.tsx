import { Button } from "@mantine/core";
import { IconAlertTriangle, IconChevronDown, IconDownload } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { isFinal } from "../../../../src/workflow/statuses.ts";
import { useDecide } from "../../api/queries.ts";
import type { ItemData, ItemResult, Result, StepData } from "../../api/types.ts";
import { useFormat } from "../../use-format.ts";
import { ApprovalPanel } from "./approval-panel.tsx";
import { liveKey, type LiveOutput } from "./merge-events.ts";
import { filesOf, type ResultFile } from "./result-file.ts";
import { loadResultBody } from "./result-parts.ts";
import classes from "./item-list.module.css";

const ResultBody = lazy(loadResultBody);

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
}

/** The items of a step that runs once per item: how far it is, then what each has made, or what became of it. */
export function ItemList({ step, items, result, output, executionId, topic }: ItemListProps) {
  const { t } = useTranslation();
  const [showsAll, setShowsAll] = useState(false);
  const made = new Map(result?.items?.map((item) => [item.item, item]));
  const begun = items.filter(({ status }) => status !== "pending");
  const shown = showsAll ? begun : begun.slice(0, SHOWN_AT_FIRST);
  const isGrid = step.modality === "image" || step.modality === "video";
  const name = step.name ?? t("execution.step", { number: step.step_number });
  if (step.items_total === 0) {
    return <p className={classes.quiet}>{t("execution.items.none")}</p>;
  }
  return (
    <div className={classes.frame}>
      <ItemProgress items={items} />
      <ol className={isGrid ? classes.grid : classes.rows} aria-label={t("execution.items.label", { name })}>
        {shown.map((item) => (
          <li key={item.item} className={classes.item} data-status={item.status}>
            <Item
              item={item}
              result={made.get(item.item)}
              step={step}
              liveText={output.texts[liveKey({ step_number: step.step_number, item: item.item })]}
              executionId={executionId}
              topic={topic}
            />
            <ItemApproval
              item={item}
              result={made.get(item.item)}
              stepNumber={step.step_number}
              executionId={executionId}
            />
          </li>
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
    </div>
  );
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

interface ItemProps {
  item: ItemData;
  result: ItemResult | undefined;
  step: StepData;
  liveText: string | undefined;
  executionId: number;
  topic: string;
}

function Item({ item, result, step, liveText, executionId, topic }: ItemProps) {
  const { t } = useTranslation();
  const number = item.item + 1;
  const label = t("execution.items.number", { number });
  if (result === undefined) {
    return (
      <div className={classes.plain}>
        <span className={classes.number} aria-label={label}>
          {number}
        </span>
        <ItemState item={item} step={step} liveText={liveText} executionId={executionId} />
      </div>
    );
  }
  // Named as a file of its own, so that downloads stay in their order.
  const whole = { ...result, step_number: step.step_number, name: `${step.name ?? result.type}-${number}` };
  const text = result.type === "text" || result.type === "json" ? previewOf(result) : null;
  if (text === null) {
    return (
      <figure className={classes.figure}>
        <Suspense fallback={null}>
          <ResultBody result={whole} topic={topic} />
        </Suspense>
        <figcaption className={classes.caption}>
          <span className={classes.number} aria-label={label}>
            {number}
          </span>
          {filesOf(whole).map((file) => (
            <DownloadLink key={file.url} file={file} />
          ))}
        </figcaption>
      </figure>
    );
  }
  return (
    <details className={classes.text}>
      <summary>
        <span className={classes.number} aria-label={label}>
          {number}
        </span>
        <span className={classes.preview}>{text}</span>
        <IconChevronDown aria-hidden size={18} stroke={1.75} className={classes.chevron} />
      </summary>
      <div className={classes.whole}>
        <Suspense fallback={null}>
          <ResultBody result={whole} topic={topic} />
        </Suspense>
      </div>
    </details>
  );
}

interface ItemStateProps {
  item: ItemData;
  step: StepData;
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
    const tail = liveText === undefined || liveText === "" ? null : liveText.slice(-PREVIEW_CHARACTERS);
    return <p className={classes.quiet}>{tail ?? t(`execution.making.${step.modality ?? "text"}`)}</p>;
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

function DownloadLink({ file }: { file: ResultFile }) {
  const { t } = useTranslation();
  return (
    <a className={classes.download} href={file.url} download={file.fileName}>
      <IconDownload aria-hidden size={18} stroke={1.75} />
      <span className="visually-hidden">
        {t("execution.download")} {file.fileName}
      </span>
    </a>
  );
}

/** The beginning of a text in one line, without the signs of Markdown. */
function previewOf(result: ItemResult): string {
  const text = result.type === "json" ? JSON.stringify(result.json) : (result.text ?? "");
  return text
    .slice(0, PREVIEW_CHARACTERS * 2)
    .replaceAll(/[#*_`>]+/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}
