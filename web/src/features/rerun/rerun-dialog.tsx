import { Button, Checkbox, Modal, NativeSelect, SegmentedControl } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useRerun, useRerunEstimate } from "../../api/rerun.ts";
import type { RerunBody, RerunEstimate, Result } from "../../api/types.ts";
import { CloseRequest } from "../../components/close-request.tsx";
import { LoadingLine } from "../../components/loading-line.tsx";
import { MoneyInput } from "../../components/money-input.tsx";
import { Notice, ProblemNotice } from "../../components/notice.tsx";
import { needsEscapeKey } from "../../components/use-close-request.ts";
import { ReplacementField, type Replacement } from "./replacement-field.tsx";
import { RerunPlan, useLikelyCost } from "./rerun-plan.tsx";
import classes from "./rerun.module.css";

/** What is to be run again, as it is known where the button was. */
export interface RerunTarget {
  executionId: number;
  totalSteps: number;
  /** Whether it comes from a workflow or template, whose steps may have changed since. */
  hasSource: boolean;
  /** Null: only what is missing. */
  fromStep: number | null;
  failedItems?: boolean;
  /** Of `fromStep`: only these items are made again. */
  items?: number[];
  /** Whether that is offered. */
  hasFailedItems?: boolean;
  /** The result that a person wants to give instead. */
  replaced?: Result;
  /** The take that a person has chosen: what another execution has made of a step, or of an item of it. */
  take?: { executionId: number; stepNumber: number; item?: number };
  capUsd?: number | null;
}

interface RerunDialogProps {
  /** Null: closed. */
  target: RerunTarget | null;
  onClose: () => void;
}

/** Makes a new execution of an earlier one, after showing what that keeps and what it costs. */
export function RerunDialog({ target, onClose }: RerunDialogProps) {
  const { t } = useTranslation();
  const replaced = target?.replaced;
  const title =
    replaced === undefined
      ? target?.take
        ? t("takes.useTitle", { number: target.take.stepNumber })
        : t("rerun.title")
      : t(replaced.url === undefined ? "rerun.editTitle" : "rerun.replaceTitle", {
          number: replaced.step_number,
        });
  return (
    <Modal
      opened={target !== null}
      onClose={onClose}
      closeOnEscape={needsEscapeKey()}
      size="lg"
      title={title}
      closeButtonProps={{ "aria-label": t("actions.close") }}
    >
      {target !== null && (
        <>
          <CloseRequest onClose={onClose} />
          <RerunForm target={target} onClose={onClose} />
        </>
      )}
    </Modal>
  );
}

function RerunForm({ target, onClose }: { target: RerunTarget; onClose: () => void }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const [fromStep, setFromStep] = useState(target.fromStep);
  const [definition, setDefinition] = useState<"original" | "current">("original");
  const [isFailedOnly, setFailedOnly] = useState(target.failedItems === true);
  const [capUsd, setCapUsd] = useState(target.capUsd ?? null);
  const [isReusing, setReusing] = useState(false);
  const [replacement, setReplacement] = useState<Replacement | null>(null);
  const rerun = useRerun(target.executionId);
  const { replaced } = target;
  const settings: RerunBody = {
    definition,
    ...(replaced === undefined && fromStep !== null && { from_step: fromStep }),
    ...(isFailedOnly && { failed_items: true }),
    ...(target.items && { items: target.items }),
    ...(target.take && { replace: [replacementBy(target.take)] }),
  };
  // What is bought hangs on which result is replaced, not on what it says: there is no need to ask at every letter.
  const preview = replaced && { ...settings, replace: [standInFor(replaced)] };
  const [asked] = useDebouncedValue(preview ?? settings, 150);
  const { data: estimate, error } = useRerunEstimate(target.executionId, asked);
  const start = () => {
    const body: RerunBody = {
      ...settings,
      cap_usd: capUsd,
      ...(isReusing && { reuse: true }),
      ...(replaced && replacement && { replace: [{ step_number: replaced.step_number, ...replacement }] }),
    };
    rerun.mutate(body, {
      onSuccess: ({ execution_id }) => {
        onClose();
        navigate(`/combinations/executions/${execution_id}`);
      },
    });
  };
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <p className={classes.lead}>
        {target.items && `${t("rerun.item", { number: (target.items[0] ?? 0) + 1 })} `}
        {target.take && `${t("takes.useLead")} `}
        {t("rerun.lead")}
      </p>
      {replaced && <ReplacementField result={replaced} onChange={setReplacement} />}
      <div className={classes.row}>
        {!replaced && !target.items && !target.take && (
          <FromStep
            totalSteps={target.totalSteps}
            estimate={estimate}
            value={fromStep}
            onChange={setFromStep}
          />
        )}
        {target.hasSource && <Definition value={definition} onChange={setDefinition} />}
        <MoneyInput
          className={classes.cap}
          label={t("rerun.cap")}
          placeholder={t("editor.noCap")}
          value={capUsd}
          onChange={setCapUsd}
        />
      </div>
      {target.hasFailedItems === true && !replaced && (
        <Checkbox
          label={t("rerun.onlyFailed")}
          checked={isFailedOnly}
          onChange={(event) => {
            setFailedOnly(event.currentTarget.checked);
          }}
        />
      )}
      <Checkbox
        label={t("rerun.reuse")}
        checked={isReusing}
        onChange={(event) => {
          setReusing(event.currentTarget.checked);
        }}
      />
      <Preview estimate={error === null ? estimate : undefined} error={error} />
      {rerun.error !== null && <ProblemNotice error={rerun.error} />}
      <StartButtons
        estimate={error === null ? estimate : undefined}
        isReplacing={replaced !== undefined || target.take !== undefined}
        isReady={error === null && (replaced === undefined || replacement !== null)}
        isBusy={rerun.isPending}
        onClose={onClose}
      />
    </form>
  );
}

interface FromStepProps {
  totalSteps: number;
  estimate: RerunEstimate | undefined;
  value: number | null;
  onChange: (stepNumber: number | null) => void;
}

function FromStep({ totalSteps, estimate, value, onChange }: FromStepProps) {
  const { t } = useTranslation();
  const nameOf = (number: number) =>
    estimate?.plan.find(({ step_number }) => step_number === number)?.name ?? null;
  const steps = Array.from({ length: totalSteps }, (_, index) => index + 1);
  return (
    <NativeSelect
      size="md"
      label={t("rerun.from")}
      data-autofocus
      value={String(value ?? "")}
      data={[
        { value: "", label: t("rerun.fromMissing") },
        ...steps.map((number) => {
          const name = nameOf(number);
          const label =
            name === null ? t("rerun.fromStep", { number }) : t("rerun.fromStepNamed", { number, name });
          return { value: String(number), label };
        }),
      ]}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        onChange(chosen === "" ? null : Number(chosen));
      }}
    />
  );
}

interface DefinitionProps {
  value: "original" | "current";
  onChange: (value: "original" | "current") => void;
}

function Definition({ value, onChange }: DefinitionProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.definition}>
      <p className={classes.label} id="rerun-definition">
        {t("rerun.definition")}
      </p>
      <SegmentedControl
        aria-labelledby="rerun-definition"
        size="md"
        value={value}
        data={[
          { value: "original", label: t("rerun.original") },
          { value: "current", label: t("rerun.current") },
        ]}
        onChange={(chosen) => {
          onChange(chosen === "current" ? "current" : "original");
        }}
      />
    </div>
  );
}

function Preview({ estimate, error }: { estimate: RerunEstimate | undefined; error: Error | null }) {
  const { t } = useTranslation();
  if (error !== null) {
    return <ProblemNotice error={error} />;
  }
  if (estimate === undefined) {
    return <LoadingLine />;
  }
  return (
    <>
      <RerunPlan estimate={estimate} />
      {estimate.missing_settings.length > 0 && (
        <Notice kind="key">{t("rerun.missingKeys", { names: estimate.missing_settings.join(", ") })}</Notice>
      )}
    </>
  );
}

interface StartButtonsProps {
  estimate: RerunEstimate | undefined;
  isReplacing: boolean;
  isReady: boolean;
  isBusy: boolean;
  onClose: () => void;
}

/** The price stands on the button before it is pressed. */
function StartButtons({ estimate, isReplacing, isReady, isBusy, onClose }: StartButtonsProps) {
  const { t } = useTranslation();
  const cost = useLikelyCost(estimate);
  const isMissingKeys = (estimate?.missing_settings.length ?? 0) > 0;
  const name = isReplacing ? "rerun.startFollowing" : "rerun.start";
  const priced = isReplacing ? "rerun.startFollowingPriced" : "rerun.startPriced";
  return (
    <div className={classes.buttons}>
      <Button variant="default" onClick={onClose}>
        {t("rerun.cancel")}
      </Button>
      <Button type="submit" loading={isBusy} disabled={!isReady || estimate === undefined || isMissingKeys}>
        {cost === null ? t(name) : t(priced, { cost })}
      </Button>
    </div>
  );
}

function replacementBy({ executionId, stepNumber, item }: NonNullable<RerunTarget["take"]>) {
  return {
    step_number: stepNumber,
    from_execution: executionId,
    ...(item !== undefined && { item }),
  };
}

/** Something that the step's result could be replaced by, for a question about prices. */
function standInFor(result: Result): NonNullable<RerunBody["replace"]>[number] {
  const { step_number, url } = result;
  if (url !== undefined) {
    return { step_number, artifact_ids: [url.slice(url.lastIndexOf("/") + 1)] };
  }
  return result.type === "json" ? { step_number, json: result.json } : { step_number, text: "…" };
}
