import { Button, NativeSelect, TextInput } from "@mantine/core";
import { IconFileSpreadsheet } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { API } from "../../api/client.ts";
import { useCosts } from "../../api/queries.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { ProblemNotice } from "../../components/notice.tsx";
import { EmptyState, Page } from "../../components/page.tsx";
import { today } from "../../today.ts";
import { CostChart } from "./cost-chart.tsx";
import { CostTable } from "./cost-table.tsx";
import { CostTotals } from "./cost-totals.tsx";
import { isDay, PERIOD_CHOICES, periodOf, unitOf, type Period, type PeriodChoice } from "./period.ts";
import classes from "./costs.module.css";

/** What was spent in a period, on what, and what of it was for nothing. */
export default function CostsPage() {
  const { t } = useTranslation();
  const [choice, setChoice] = useState<PeriodChoice>("month");
  const [chosen, setChosen] = useState<Period>(() => periodOf("month", today(), { from: "", to: "" }));
  const period = periodOf(choice, today(), chosen);
  const costs = useCosts(period, { by: unitOf(period), split: "modality" });
  const report = costs.data;
  return (
    <Page
      title={t("costs.title")}
      lead={t("costs.lead")}
      actions={
        <div className={classes.controls}>
          <NativeSelect
            size="md"
            className={classes.periodField}
            label={t("costs.period")}
            value={choice}
            data={PERIOD_CHOICES.map((value) => ({ value, label: t(`costs.periods.${value}`) }))}
            onChange={(event) => {
              const next = PERIOD_CHOICES.find((value) => value === event.currentTarget.value);
              if (next !== undefined) {
                setChosen(period);
                setChoice(next);
              }
            }}
          />
          {choice === "other" && <Days period={chosen} onChange={setChosen} />}
        </div>
      }
    >
      {costs.isPending && <LoadingLine />}
      {costs.error !== null && <ProblemNotice error={costs.error} />}
      {report !== undefined && report.totals.calls === 0 && (
        <EmptyState
          title={t("costs.emptyTitle")}
          text={t("costs.emptyText")}
          action={
            <Button component={Link} href="/combinations">
              {t("history.emptyAction")}
            </Button>
          }
        />
      )}
      {report !== undefined && report.totals.calls > 0 && (
        <div className={classes.sections}>
          <CostTotals totals={report.totals} />
          <CostChart report={report} period={{ from: report.from, to: report.to }} />
          <div className={classes.tables}>
            <CostTable period={period} by="workflow" />
            <CostTable period={period} by="provider" />
            <CostTable period={period} by="model" />
          </div>
          <div>
            <Button
              component="a"
              variant="default"
              href={`${API}/costs.csv?from=${report.from}&to=${report.to}`}
              download
              leftSection={<IconFileSpreadsheet aria-hidden size={18} stroke={1.75} />}
            >
              {t("costs.csv")}
            </Button>
            <p className={classes.quiet}>{t("costs.counted")}</p>
          </div>
        </div>
      )}
    </Page>
  );
}

/** The first and the last day of a period; each keeps the other on its side. */
function Days({ period, onChange }: { period: Period; onChange: (period: Period) => void }) {
  const { t } = useTranslation();
  const { from, to } = period;
  return (
    <>
      <TextInput
        type="date"
        label={t("costs.from")}
        value={from}
        max={today()}
        onChange={({ currentTarget: { value } }) => {
          if (isDay(value)) {
            onChange({ from: value, to: value > to ? value : to });
          }
        }}
      />
      <TextInput
        type="date"
        label={t("costs.to")}
        value={to}
        max={today()}
        onChange={({ currentTarget: { value } }) => {
          if (isDay(value)) {
            onChange({ from: value < from ? value : from, to: value });
          }
        }}
      />
    </>
  );
}
