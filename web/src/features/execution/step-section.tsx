import { Button } from "@mantine/core";
import { IconCopy, IconDownload } from "@tabler/icons-react";
import { Suspense, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { isFinal } from "../../../../src/workflow/statuses.ts";
import type { Result, StepData } from "../../api/types.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { MediumChip } from "../../components/medium.tsx";
import { Notice } from "../../components/notice.tsx";
import { Status } from "../../components/status.tsx";
import { isSomethingKnown } from "../../format.ts";
import { useFormat } from "../../use-format.ts";
import { useCopy } from "../preview/use-copy.ts";
import { ApprovalPanel } from "./approval-panel.tsx";
import { captionsOfText, copyableText, filesOf, isListOfTexts, saveText, textNameOf } from "./result-file.ts";
import { MarkdownText, ResultBody } from "./result-parts.ts";
import { useFollowEnd } from "./use-follow-end.ts";
import classes from "./execution.module.css";

interface StepSectionProps {
  executionId: number;
  step: StepData;
  result: Result | undefined;
  /** The text as it is written, before the result is there. */
  liveText: string | undefined;
  topic: string;
  /** What can be done with the step. */
  menu: ReactNode;
  /** What its items have made, on a step that runs once per item; it then stands in the place of the result. */
  items?: ReactNode;
  /** What other executions have made of it. */
  takes?: ReactNode;
}

/** One step of an execution: its state, then what it made, large. */
export function StepSection(props: StepSectionProps) {
  const { executionId, step, result, liveText, topic, menu, items, takes } = props;
  const { t } = useTranslation();
  const number = step.step_number;
  const title =
    step.name === null
      ? t("execution.step", { number })
      : t("execution.stepTitle", { number, name: step.name });
  return (
    <section
      id={`step-result-${number}`}
      className={classes.step}
      data-medium={step.modality ?? "text"}
      aria-label={title}
    >
      <header className={classes.stepHeader}>
        <h3 className={classes.stepTitle}>
          <span className={classes.stepNumber}>{step.step_number}</span>
          {step.name ?? title}
        </h3>
        {step.modality !== null && <MediumChip medium={step.modality} />}
        <Status status={step.status} />
        {menu}
      </header>
      {step.error !== null && step.status !== "completed" && !saysItself(step) && (
        <Notice kind="error">{step.error.message}</Notice>
      )}
      {items}
      {items === undefined && result === undefined && <Pending step={step} liveText={liveText} />}
      {items === undefined && result !== undefined && (
        <Suspense fallback={liveText ? <Pending step={step} liveText={liveText} /> : <LoadingLine />}>
          <ResultBody result={result} topic={topic} />
        </Suspense>
      )}
      {result !== undefined && (items === undefined || isFinal(step.status)) && (
        <ResultFooter result={result} step={step} />
      )}
      {items === undefined && result !== undefined && step.waiting_reason === "approval" && (
        <ApprovalPanel
          executionId={executionId}
          stepNumber={step.step_number}
          decideBy={step.decide_by}
          result={result}
        />
      )}
      {takes}
    </section>
  );
}

/** Items that failed each say why. */
function saysItself({ items_failed: failed }: StepData): boolean {
  return failed !== null && failed > 0;
}

function Pending({ step, liveText }: { step: StepData; liveText: string | undefined }) {
  const { t } = useTranslation();
  const making = (
    <p className={classes.quiet}>
      {step.repaired ? t("execution.correcting") : t(`execution.making.${step.modality ?? "text"}`)}
    </p>
  );
  if (liveText !== undefined && liveText !== "" && step.status !== "pending") {
    // Never the bare signs of Markdown: what stood there before the first word stays until they can be laid out.
    return (
      <Suspense fallback={step.status === "running" ? making : <LoadingLine />}>
        <Writing text={liveText} isWriting={step.status === "running"} />
      </Suspense>
    );
  }
  if (step.status === "running") {
    return making;
  }
  if (step.status !== "pending") return null;
  const provider = step.waits_for_place_at;
  return (
    <p className={classes.quiet}>
      {provider === undefined ? t("execution.notYet") : t("execution.waitsForPlace", { provider })}
    </p>
  );
}

/** A text as it comes, which keeps its end in sight for whoever has gone to it. */
function Writing({ text, isWriting }: { text: string; isWriting: boolean }) {
  const frame = useFollowEnd<HTMLDivElement>(isWriting);
  return (
    <div ref={frame} className={classes.writing} data-writing={isWriting}>
      {text.startsWith("{") ? <pre className={classes.json}>{text}</pre> : <MarkdownText text={text} />}
    </div>
  );
}

/** Who made it, what it cost, and how to take it away. */
function ResultFooter({ result, step }: { result: Result; step: StepData }) {
  const { t } = useTranslation();
  const format = useFormat();
  const text = copyableText(result);
  // Of a list each item is offered by itself.
  const files = result.items === undefined ? filesOf(result) : [];
  const captions = captionsOfText(result);
  const time = format.elapsedBetween(step.started_at, step.completed_at);
  const cost = isSomethingKnown(result.cost, result.cost_basis)
    ? format.cost(result.cost, result.cost_basis)
    : t("execution.costUnknown");
  return (
    <footer className={classes.resultFooter}>
      <p className={classes.by}>
        <span className={classes.maker} data-local={isLocal(result, step)}>
          <Maker result={result} step={step} />
        </span>
        {result.edited === true && <span>{t("execution.edited")}</span>}
        {step.repaired && <span>{t("execution.corrected")}</span>}
        <span className="figures">{[cost, time].filter(Boolean).join(" · ")}</span>
        {(step.saved_usd ?? 0) > 0 && (
          <span className="figures">
            {t("execution.reusedSaved", { cost: format.money(step.saved_usd) })}
          </span>
        )}
        {result.live_cost !== undefined && (
          <span className="figures">
            {t("execution.liveCostShort", { cost: format.cost(result.live_cost, "estimated") })}
          </span>
        )}
      </p>
      <div className={classes.resultButtons}>
        {text !== null && <CopyButton text={text} />}
        {files.map((file) => (
          <Button
            key={file.url}
            component="a"
            href={file.url}
            download={file.fileName}
            variant="default"
            leftSection={<IconDownload aria-hidden size={18} stroke={1.75} />}
          >
            {files.length > 1
              ? t("execution.downloadKind", { kind: file.fileName.split(".").at(-1)?.toUpperCase() })
              : t("execution.download")}
            <span className="visually-hidden"> {file.fileName}</span>
            {file.bytes !== null && <span className={classes.bytes}>{format.bytes(file.bytes)}</span>}
          </Button>
        ))}
        {files.length === 0 && text !== null && (
          <SaveButton
            text={text}
            fileName={textNameOf(result, isListOfTexts(result) ? "text/markdown" : undefined)}
            label={t("execution.download")}
          />
        )}
        {captions !== null && (
          <SaveButton
            text={captions}
            fileName={textNameOf(result, "text/vtt")}
            label={t("execution.captions")}
          />
        )}
      </div>
    </footer>
  );
}

function SaveButton({ text, fileName, label }: { text: string; fileName: string; label: string }) {
  return (
    <Button
      variant="default"
      leftSection={<IconDownload aria-hidden size={18} stroke={1.75} />}
      onClick={() => {
        saveText(text, fileName);
      }}
    >
      {label}
      <span className="visually-hidden"> {fileName}</span>
    </Button>
  );
}

function CopyButton({ text }: { text: string }) {
  const { t } = useTranslation();
  const copy = useCopy();
  return (
    <Button
      variant="default"
      leftSection={<IconCopy aria-hidden size={18} stroke={1.75} />}
      onClick={() => {
        copy(text);
      }}
    >
      {t("execution.copy")}
    </Button>
  );
}

/** Who made a result: a model, the local generators, a person, or an earlier run. */
function Maker({ result, step }: { result: Result; step: StepData }) {
  const { t } = useTranslation();
  const by = result.performed_by;
  if (by === "person") {
    return t("execution.byHand");
  }
  if (by !== "cache") {
    return by === "local" ? t("execution.local") : by;
  }
  const id = step.reused_from;
  return (
    <>
      {id === null ? (
        t("execution.reused")
      ) : (
        <Link href={`/combinations/executions/${id}`}>{t("execution.reusedFrom", { id })}</Link>
      )}
      {isLocal(result, step) && ` · ${t("execution.local")}`}
    </>
  );
}

/** Also where it was taken over: what was made without an AI model always says so. */
function isLocal(result: Result, step: StepData): boolean {
  return (
    result.performed_by === "local" ||
    (result.performed_by === "cache" && step.model?.startsWith("local:") === true)
  );
}
