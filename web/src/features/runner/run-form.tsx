import { Button, Checkbox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconAdjustments } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Step, WorkflowInput } from "../../../../src/workflow/definition.ts";
import type { Modality } from "../../../../src/workflow/media.ts";
import { checkInputs } from "../../../../src/workflow/validation.ts";
import { ApiProblem } from "../../api/client.ts";
import { useEstimate, useExecute } from "../../api/queries.ts";
import { MediumChain } from "../../components/medium.tsx";
import { MoneyInput } from "../../components/money-input.tsx";
import { Notice, ProblemNotice } from "../../components/notice.tsx";
import { Page } from "../../components/page.tsx";
import { useLanguage } from "../../language.ts";
import { loadResultParts } from "../execution/result-parts.ts";
import type { PlacedMessages } from "../editor/problems.ts";
import { EarlierRuns } from "./earlier-runs.tsx";
import { FormFields } from "./form-fields.tsx";
import { readRuns, sentInputs, storeRun, usesTopic, valuesOfRun, type FormValues } from "./form-values.ts";
import { RunButtons } from "./run-buttons.tsx";
import { RunResult } from "./run-result.tsx";
import { ShareButton } from "./share-button.tsx";
import { useFormValues } from "./use-form-values.ts";
import { useShownRun } from "./use-shown-run.ts";
import classes from "./runner.module.css";

/** What the form is of. */
export interface FormSource {
  /** Names it in the browser's memory. */
  key: string;
  start: { template_id: string } | { workflow_id: number };
  path: string;
  builderPath: string;
  title: string;
  description: string;
  steps: Step[];
  inputs: WorkflowInput[];
  made: { step_number: number; modality: Modality }[];
}

type Mode = "live" | "rehearsal";

/** How long nobody types before a new estimate is asked for. */
const PAUSE_MS = 350;
/** Refusals that a rehearsal gets around, because it needs no key and no price. */
const REHEARSABLE = new Set(["provider_not_configured", "unpriced_model", "cap_too_low"]);
const NO_PROBLEMS: PlacedMessages = [];

export function RunForm({ source }: { source: FormSource }) {
  const { t } = useTranslation();
  const { steps, inputs, start } = source;
  const { form, change } = useFormValues(source.key, inputs);
  const { shownRun, show } = useShownRun();
  const [runs, setRuns] = useState(() => readRuns(source.key));
  const fields = useRef<HTMLFormElement>(null);
  const estimate = useFormEstimate(source, form);
  const execute = useExecute();
  const check = useInputCheck(source);
  const [missing, setMissing] = useState<PlacedMessages>(NO_PROBLEMS);
  const asksTopic = useMemo(() => usesTopic(steps), [steps]);
  useEffect(() => {
    void loadResultParts();
  }, []);

  const refused = execute.error instanceof ApiProblem ? execute.error.errors : NO_PROBLEMS;
  const problems = missing.length > 0 ? missing : refused;
  useEffect(() => {
    if (problems.length > 0) {
      fields.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    }
  }, [problems]);

  const edit = (changes: Partial<FormValues>) => {
    setMissing(NO_PROBLEMS);
    execute.reset();
    change(changes);
  };
  const run = (mode: Mode, filled: FormValues = form) => {
    const found = check(filled);
    setMissing(found);
    if (found.length > 0) {
      return;
    }
    const request = {
      ...start,
      initial_input: filled.topic,
      inputs: sentInputs(inputs, filled),
      mode,
      cap_usd: filled.capUsd,
      ...(filled.reuse && { reuse: true }),
    };
    const modalityOf = ({ step_number: number }: Step) =>
      source.made.find(({ step_number }) => step_number === number)?.modality ?? null;
    execute.mutate(
      { request, title: source.title, steps, modalityOf },
      {
        onSuccess: ({ execution_id: id }) => {
          setRuns(storeRun(source.key, id));
          show(id);
        },
      },
    );
  };

  return (
    <Page
      title={source.title}
      lead={source.description === "" ? undefined : source.description}
      actions={
        <div className={classes.actions}>
          <ShareButton title={source.title} path={source.path} inputs={inputs} form={form} />
          <Button
            component={Link}
            href={source.builderPath}
            variant="subtle"
            color="gray"
            leftSection={<IconAdjustments aria-hidden size={18} stroke={1.75} />}
          >
            {t("runner.form.openBuilder")}
          </Button>
        </div>
      }
    >
      <form
        ref={fields}
        className={classes.form}
        noValidate
        aria-label={t("runner.form.label")}
        onSubmit={(event) => {
          event.preventDefault();
        }}
      >
        <MediumChain steps={source.made} />
        <MissingSettings names={estimate.data?.missing_settings ?? []} />
        <FormFields asksTopic={asksTopic} inputs={inputs} form={form} problems={problems} onChange={edit} />
        <Options form={form} problems={problems} onChange={edit} />
        {(execute.error ?? estimate.error) !== null && (
          <Refusal
            error={execute.error ?? estimate.error}
            isBesideField={(path) => isField(path, source, asksTopic)}
            isStarting={execute.isPending}
            onRehearse={() => {
              run("rehearsal");
            }}
            onAgain={
              execute.variables === undefined
                ? null
                : () => {
                    run(execute.variables.request.mode ?? "live");
                  }
            }
          />
        )}
        <RunButtons
          estimate={estimate.data ?? null}
          starting={execute.isPending ? (execute.variables.request.mode ?? "live") : null}
          onRun={run}
        />
      </form>
      {shownRun !== null && (
        <RunResult
          key={shownRun}
          id={shownRun}
          isStarting={execute.isPending}
          onAgain={(made) => {
            const filled = { ...form, ...valuesOfRun(inputs, made) };
            edit(filled);
            run(made.mode, filled);
          }}
          onChangeInputs={(made) => {
            edit(valuesOfRun(inputs, made));
            fields.current?.querySelector<HTMLElement>("textarea, input, select")?.focus();
            fields.current?.scrollIntoView({ block: "start" });
          }}
        />
      )}
      <EarlierRuns ids={runs.filter((id) => id !== shownRun)} onShow={show} />
    </Page>
  );
}

/** Whether the form has a field for a place that a sentence is about. */
function isField(path: string, { inputs }: FormSource, asksTopic: boolean): boolean {
  return (
    path === "cap_usd" ||
    (path === "initial_input" && asksTopic) ||
    inputs.some(({ name }) => path === `inputs.${name}`)
  );
}

/** What is missing or does not fit, in the server's own words, before anything is sent. */
function useInputCheck({ steps, inputs }: FormSource): (form: FormValues) => PlacedMessages {
  const language = useLanguage();
  return (form) =>
    checkInputs({ steps, inputs }, { topic: form.topic, inputs: sentInputs(inputs, form) }).map(
      ({ path, message }) => ({ path, message: message[language] }),
    );
}

function useFormEstimate({ start, inputs }: FormSource, form: FormValues) {
  const asked = useMemo(
    () => ({ ...start, initial_input: form.topic.trim(), inputs: sentInputs(inputs, form) }),
    [start, inputs, form],
  );
  const [settled] = useDebouncedValue(asked, PAUSE_MS);
  return useEstimate(settled);
}

function MissingSettings({ names }: { names: readonly string[] }) {
  const { t } = useTranslation();
  if (names.length === 0) {
    return null;
  }
  return (
    <Notice kind="key" title={t("keys.title")}>
      <p>
        {t("keys.missing", { count: names.length })}{" "}
        {names.map((name, index) => (
          <span key={name}>
            {index > 0 && ", "}
            <code>{name}</code>
          </span>
        ))}
        . {t("keys.rehearse")}
      </p>
    </Notice>
  );
}

interface OptionsProps {
  form: FormValues;
  problems: PlacedMessages;
  onChange: (changes: Partial<FormValues>) => void;
}

function Options({ form, problems, onChange }: OptionsProps) {
  const { t } = useTranslation();
  const capProblem = problems.find(({ path }) => path === "cap_usd")?.message;
  const count = (form.capUsd === null ? 0 : 1) + (form.reuse ? 1 : 0);
  return (
    <details className={classes.options} open={capProblem !== undefined || undefined}>
      <summary>{t("editor.options", { count })}</summary>
      <div className={classes.optionFields}>
        <MoneyInput
          className={classes.cap}
          label={t("editor.cap")}
          placeholder={t("editor.noCap")}
          value={form.capUsd}
          error={capProblem}
          onChange={(capUsd) => {
            onChange({ capUsd });
          }}
        />
        <Checkbox
          label={t("editor.reuse")}
          checked={form.reuse}
          onChange={(event) => {
            onChange({ reuse: event.currentTarget.checked });
          }}
        />
      </div>
    </details>
  );
}

interface RefusalProps {
  error: Error | null;
  isBesideField: (path: string) => boolean;
  isStarting: boolean;
  onRehearse: () => void;
  /** Asks for the same again; null where nothing was asked for. */
  onAgain: (() => void) | null;
}

function Refusal({ error, isBesideField, isStarting, onRehearse, onAgain }: RefusalProps) {
  const { t } = useTranslation();
  if (error === null) {
    return null;
  }
  const code = error instanceof ApiProblem ? error.code : "";
  const isRepeatable = onAgain !== null && (code === "unreachable" || code === "internal");
  return (
    <ProblemNotice
      error={error}
      isBesideField={isBesideField}
      actions={
        (isRepeatable && (
          <Button variant="default" loading={isStarting} onClick={onAgain}>
            {t("actions.tryAgain")}
          </Button>
        )) ||
        (REHEARSABLE.has(code) && (
          <Button loading={isStarting} onClick={onRehearse}>
            {t("editor.rehearseInstead")}
          </Button>
        ))
      }
    />
  );
}
