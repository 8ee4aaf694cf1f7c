import { Button, Checkbox, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useComparableModels, useCompare } from "../../api/takes.ts";
import type { ComparableModel, CompareBody, Execution } from "../../api/types.ts";
import { LoadingLine } from "../../components/loading-line.tsx";
import { MoneyInput } from "../../components/money-input.tsx";
import { Notice, ProblemNotice } from "../../components/notice.tsx";
import { useFormat } from "../../use-format.ts";
import { MOST_COMPARED, sumOfPrices, type Taking } from "./taking.ts";
import classes from "./takes.module.css";

interface CompareFormProps {
  execution: Execution;
  taking: Taking;
  onTake: (taking: Taking | null) => void;
}

/** Which models make the step again, with what prompt, and what that costs before it is pressed. */
export default function CompareForm({ execution, taking, onTake }: CompareFormProps) {
  const { t } = useTranslation();
  const { stepNumber, item } = taking;
  const place = { executionId: execution.id, stepNumber, item };
  const list = useComparableModels(place);
  const compare = useCompare(place);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [prompt, setPrompt] = useState<string | null>(null);
  const [capUsd, setCapUsd] = useState<number | null>(execution.cap_usd);
  if (list.error !== null) return <ProblemNotice error={list.error} />;
  if (list.data === undefined) return <LoadingLine />;
  const { models, prompt: ownPrompt } = list.data;
  if (models.length === 0) return <Notice kind="info">{t("takes.composed")}</Notice>;
  const isLive = execution.mode === "live";
  const prices = models
    .filter(({ model }) => chosen.includes(model))
    .map(({ estimated_cost }) => (isLive ? estimated_cost : 0));
  const start = () => {
    const body: CompareBody = {
      step_number: stepNumber,
      ...(item !== undefined && { item }),
      models: [...chosen],
      ...(prompt !== null && prompt !== ownPrompt && { prompt }),
      cap_usd: capUsd,
    };
    compare.mutate(body, {
      onSuccess: ({ takes }) => {
        onTake({ ...taking, shown: takes.map(({ execution_id }) => execution_id) });
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
        {t(item === undefined ? "takes.lead" : "takes.leadItem", { number: (item ?? 0) + 1 })}
      </p>
      <ModelChoice models={models} isLive={isLive} chosen={chosen} onChange={setChosen} />
      <details className={classes.more}>
        <summary>{t("takes.editPrompt")}</summary>
        <Textarea
          aria-label={t("takes.prompt")}
          autosize
          minRows={3}
          maxRows={10}
          value={prompt ?? ownPrompt}
          onChange={(event) => {
            setPrompt(event.currentTarget.value);
          }}
        />
      </details>
      {compare.error !== null && <ProblemNotice error={compare.error} />}
      <div className={classes.start}>
        {isLive && (
          <MoneyInput
            className={classes.cap}
            label={t("takes.cap")}
            placeholder={t("editor.noCap")}
            value={capUsd}
            onChange={setCapUsd}
          />
        )}
        <StartButton
          count={chosen.length}
          cost={sumOfPrices(prices)}
          isLive={isLive}
          isBusy={compare.isPending}
        />
      </div>
    </form>
  );
}

interface StartButtonProps {
  count: number;
  /** Null: a price is not known. */
  cost: number | null;
  isLive: boolean;
  isBusy: boolean;
}

/** The price stands on the button before it is pressed. */
function StartButton({ count, cost, isLive, isBusy }: StartButtonProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const amount = !isLive
    ? format.money(0)
    : cost === null
      ? t("rerun.unpriced")
      : t("rerun.about", { cost: format.money(cost) });
  return (
    <Button type="submit" disabled={count === 0} loading={isBusy}>
      {count === 0 ? t("takes.choose") : t("takes.start", { count, cost: amount })}
    </Button>
  );
}

interface ModelChoiceProps {
  models: readonly ComparableModel[];
  isLive: boolean;
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
}

/** The models that can make the step, at most three of which are chosen. Those without a key stand below, and say so. */
function ModelChoice({ models, isLive, chosen, onChange }: ModelChoiceProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const shown = models.filter(
    ({ model, provider_name }) =>
      chosen.includes(model) || `${model} ${provider_name}`.toLowerCase().includes(wanted),
  );
  return (
    <fieldset className={classes.choice}>
      <legend className={classes.legend}>{t("takes.models", { most: MOST_COMPARED })}</legend>
      {models.length > 8 && (
        <TextInput
          type="search"
          aria-label={t("takes.search")}
          placeholder={t("takes.search")}
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
          }}
        />
      )}
      <ul className={classes.models}>
        {shown.map((model) => (
          <li key={model.model}>
            <ModelLine
              model={model}
              isLive={isLive}
              isChosen={chosen.includes(model.model)}
              isFull={chosen.length >= MOST_COMPARED}
              onChange={(isChosen) => {
                onChange(
                  isChosen ? [...chosen, model.model] : chosen.filter((other) => other !== model.model),
                );
              }}
            />
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p className={classes.quiet}>{t("takes.noMatch")}</p>}
    </fieldset>
  );
}

interface ModelLineProps {
  model: ComparableModel;
  isLive: boolean;
  isChosen: boolean;
  isFull: boolean;
  onChange: (isChosen: boolean) => void;
}

function ModelLine({ model, isLive, isChosen, isFull, onChange }: ModelLineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const missing = model.missing_settings.join(", ");
  const left = model.changes.map(({ name }) => name).join(", ");
  const price = isLive
    ? format.cost(model.estimated_cost, model.cost_basis === "free" ? "free" : "estimated")
    : format.money(0);
  const notes = [
    ...(model.is_own ? [t("takes.own")] : []),
    ...(missing === "" ? [] : [t("takes.missing", { names: missing })]),
    ...(left === "" ? [] : [t("takes.changes", { names: left })]),
  ];
  return (
    <Checkbox
      checked={isChosen}
      disabled={!isChosen && (isFull || missing !== "")}
      onChange={(event) => {
        onChange(event.currentTarget.checked);
      }}
      classNames={{ root: classes.line, body: classes.lineBody, labelWrapper: classes.lineLabel }}
      label={
        <span className={classes.lineText}>
          <span className={classes.lineName}>{model.model}</span>
          <span className="figures">{price}</span>
        </span>
      }
      description={notes.length > 0 ? notes.join(" · ") : undefined}
    />
  );
}
