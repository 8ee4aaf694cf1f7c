import { Button } from "@mantine/core";
import { IconPlayerPlay, IconPlayerTrackNext } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { ApiProblem } from "../../api/client.ts";
import type { BatchEstimate } from "../../api/types.ts";
import { MoneyInput } from "../../components/money-input.tsx";
import { Notice, ProblemNotice } from "../../components/notice.tsx";
import { Page } from "../../components/page.tsx";
import { batchPath } from "../../paths.ts";
import { useFormat } from "../../use-format.ts";
import { InputFields } from "../editor/input-fields.tsx";
import { MAX_ROWS, TOPIC, withCell, withoutLine } from "./batch-rows.ts";
import { ColumnFields } from "./column-fields.tsx";
import { EntryField } from "./entry-field.tsx";
import type { BatchSource } from "./new-batch-page.tsx";
import { RowPreview } from "./row-preview.tsx";
import { useBatchForm } from "./use-batch-form.ts";
import classes from "./batch.module.css";

/** Many topics at once: a list or a CSV file, looked through and mended before anything is spent. */
export function BatchForm({ source }: { source: BatchSource }) {
  const { t } = useTranslation();
  const form = useBatchForm(source);
  const { entry, rows, wrong, shared, tooMany, create, change } = form;
  return (
    <>
      <Page title={t("batch.newTitle")} lead={t("batch.newLead", { name: source.title })}>
        <div className={classes.form}>
          <EntryField entry={entry} inputs={source.inputs} onChange={change} />
          {entry.table && (
            <ColumnFields
              table={entry.table}
              inputs={source.inputs}
              onChange={(table) => {
                change({ table });
              }}
            />
          )}
          {shared.length > 0 && (
            <InputFields
              inputs={shared}
              values={entry.shared}
              hint={t("batch.sharedInputs")}
              problems={Object.entries(form.sharedProblems).map(([name, message]) => ({
                path: `inputs.${name}`,
                message,
              }))}
              onChange={(values) => {
                change({ shared: values });
              }}
            />
          )}
          {tooMany > 0 && (
            <Notice kind="warning" title={t("batch.tooManyTitle", { max: MAX_ROWS })}>
              {t("batch.tooManyText", { count: tooMany, max: MAX_ROWS })}
            </Notice>
          )}
          {rows.length > 0 && (
            <RowPreview
              rows={rows}
              wrong={wrong}
              fields={[
                TOPIC,
                ...source.inputs.filter((input) => !shared.includes(input)).map(({ name }) => name),
              ]}
              labels={Object.fromEntries(source.inputs.map(({ name, label }) => [name, label]))}
              onCell={(line, name, value) => {
                change((before) => withCell(before, { line, name, value }));
              }}
              onRemove={(line) => {
                change((before) => withoutLine(before, line));
              }}
            />
          )}
        </div>
      </Page>
      <BatchBar form={form} error={create.error} />
    </>
  );
}

/** The foot of the form, always in sight: cap, price of all rows, and the two ways to start. */
function BatchBar({ form, error }: { form: ReturnType<typeof useBatchForm>; error: Error | null }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const format = useFormat();
  const { rows, wrong, wrongShared, capUsd, estimate, create } = form;
  const count = rows.length;
  const isReady = count > 0 && wrong + wrongShared === 0;
  const missing = estimate?.missing_settings ?? [];
  const isRehearsalFirst = missing.length > 0;
  const price = usePrice(estimate);
  const start = (mode: "live" | "rehearsal") => {
    form.start(mode, (id) => {
      navigate(batchPath(id));
    });
  };
  const isOverCap = capUsd !== null && (estimate?.estimated_cost ?? 0) > capUsd;
  return (
    <section className={classes.bar} aria-label={t("batch.bar")}>
      {error !== null && (
        <div className={classes.barError}>
          <ProblemNotice
            error={error}
            isBesideField={(path) => path.startsWith("rows[")}
            actions={
              error instanceof ApiProblem &&
              error.code === "provider_not_configured" && (
                <Button
                  onClick={() => {
                    start("rehearsal");
                  }}
                >
                  {t("editor.rehearseInstead")}
                </Button>
              )
            }
          />
        </div>
      )}
      <div className={classes.barRow}>
        <MoneyInput
          className={classes.cap}
          label={t("batch.cap")}
          placeholder={t("editor.noCap")}
          value={capUsd}
          onChange={form.setCap}
        />
        <output className={classes.barText}>
          {count === 0
            ? t("batch.noRows")
            : wrongShared > 0
              ? t("batch.wrongShared", { count: wrongShared })
              : wrong > 0
                ? t("batch.wrongRows", { count: wrong })
                : isOverCap
                  ? t("batch.overCap", { cap: format.cap(capUsd) })
                  : t("batch.ready", { count })}
          {isReady && missing.length > 0 && ` ${t("batch.missingKeys", { count: missing.length })}`}
        </output>
        <div className={classes.barButtons}>
          <Button
            variant={isRehearsalFirst ? "filled" : "default"}
            leftSection={<IconPlayerTrackNext aria-hidden size={18} stroke={1.75} />}
            disabled={!isReady || create.isPending}
            onClick={() => {
              start("rehearsal");
            }}
          >
            {t("batch.rehearse", { count })}
          </Button>
          <Button
            variant={isRehearsalFirst ? "default" : "filled"}
            leftSection={<IconPlayerPlay aria-hidden size={18} stroke={1.75} />}
            disabled={!isReady || create.isPending}
            loading={create.isPending}
            onClick={() => {
              start("live");
            }}
          >
            {t("batch.run", { count })} {price}
          </Button>
        </div>
      </div>
    </section>
  );
}

/** The price of all rows, as it stands on the button; empty until it is known. */
function usePrice(estimate: BatchEstimate | null): string {
  const format = useFormat();
  if (estimate === null) {
    return "";
  }
  if (estimate.estimated_cost === null) {
    return format.cost(estimate.estimated_cost_low, "unknown");
  }
  return format.cost(estimate.estimated_cost, estimate.certainty === "exact" ? "metered" : "estimated");
}
