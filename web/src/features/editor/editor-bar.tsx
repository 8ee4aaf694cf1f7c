import { Button, TextInput } from "@mantine/core";
import { IconDeviceFloppy, IconPlayerTrackNext } from "@tabler/icons-react";
import { useEffect, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useSearch } from "wouter";
import { MAX_INPUT_CHARACTERS } from "../../../../src/workflow/definition.ts";
import { ApiProblem } from "../../api/client.ts";
import type { Estimate } from "../../api/types.ts";
import { MoneyInput } from "../../components/money-input.tsx";
import { ProblemNotice } from "../../components/notice.tsx";
import type { Draft, DraftStep } from "./draft.ts";
import { KeyRefusal, useIsLiveRefused } from "./missing-keys.tsx";
import { messageUnder, type PlacedMessages } from "./problems.ts";
import { RunButton } from "./run-button.tsx";
import { UndoButtons } from "./undo-buttons.tsx";
import classes from "./editor.module.css";

const KEY_CODE = "provider_not_configured";
/** Codes that a rehearsal gets around, because it needs no key, no vendor and no price. */
const REHEARSABLE = new Set([KEY_CODE, "unpriced_model", "cap_too_low"]);
/** Places that this bar has a field for. */
const OWN_FIELDS = new Set(["initial_input", "cap_usd"]);

/** What was refused, and in which mode; null where that is not known. */
export interface Refusal {
  error: Error;
  mode: "live" | "rehearsal" | null;
}

interface EditorBarProps {
  draft: Draft;
  steps: readonly DraftStep[];
  /** Null where none is known. */
  estimate: Estimate | null;
  problems: PlacedMessages;
  refusal: Refusal | null;
  /** Whether a sentence about a place stands beside a field of the editor. */
  isBesideField: (path: string) => boolean;
  isStarting: boolean;
  /** Null where there is nothing to undo or do again. */
  onUndo: (() => void) | null;
  onRedo: (() => void) | null;
  onChange: (changes: Partial<Draft>) => void;
  onRun: (mode: "live" | "rehearsal") => void;
  onSave: () => void;
}

/** The foot of the editor, always in sight: topic, cap, and the three things one can do, with their price. */
export function EditorBar(props: EditorBarProps) {
  const { t } = useTranslation();
  const topicField = useRef<HTMLInputElement>(null);
  const isTopicWanted = new URLSearchParams(useSearch()).get("focus") === "topic";
  useEffect(() => {
    if (isTopicWanted) {
      topicField.current?.focus();
    }
  }, [isTopicWanted]);
  const { draft, steps, estimate, problems, refusal, isStarting, onChange, onRun, onSave } = props;
  // The button that stands out is the one that works at once.
  const isRehearsalFirst = useIsLiveRefused(steps);
  const rehearse = () => {
    onRun("rehearsal");
  };
  const topicError = messageUnder(problems, "initial_input");
  useEffect(() => {
    if (topicError !== null) {
      topicField.current?.focus();
    }
  }, [topicError]);
  return (
    <section className={classes.bar} aria-label={t("editor.bar")}>
      {refusal !== null && !isSaidBelow(refusal.error) && (
        <div className={classes.barError}>
          <RefusalNotice
            {...props}
            refusal={refusal}
            rehearseButton={
              <Button onClick={rehearse} loading={isStarting}>
                {t("editor.rehearseInstead")}
              </Button>
            }
          />
        </div>
      )}
      <form
        className={classes.barRow}
        onSubmit={(event) => {
          event.preventDefault();
        }}
      >
        <TextInput
          className={classes.topic}
          label={t("topic.label")}
          placeholder={t("topic.example")}
          maxLength={MAX_INPUT_CHARACTERS}
          ref={topicField}
          value={draft.topic}
          error={topicError}
          onChange={(event) => {
            onChange({ topic: event.currentTarget.value });
          }}
        />
        <MoneyInput
          className={classes.cap}
          label={t("editor.cap")}
          placeholder={t("editor.noCap")}
          value={draft.capUsd}
          error={messageUnder(problems, "cap_usd")}
          onChange={(capUsd) => {
            onChange({ capUsd });
          }}
        />
        <div className={classes.barButtons}>
          <UndoButtons className={classes.undo} onUndo={props.onUndo} onRedo={props.onRedo} />
          <Button
            variant="subtle"
            color="gray"
            className={classes.save}
            aria-label={t("actions.save")}
            leftSection={<IconDeviceFloppy aria-hidden size={20} stroke={1.75} />}
            onClick={onSave}
          >
            <span className={classes.saveText}>{t("actions.save")}</span>
          </Button>
          <Button
            className={classes.rehearse}
            variant={isRehearsalFirst ? "filled" : "default"}
            leftSection={<IconPlayerTrackNext aria-hidden size={18} stroke={1.75} />}
            loading={isStarting && isRehearsalFirst}
            disabled={isStarting}
            onClick={rehearse}
          >
            {t("editor.rehearse")}
          </Button>
          <RunButton
            steps={steps}
            estimate={estimate}
            capUsd={draft.capUsd}
            isFirst={!isRehearsalFirst}
            isLoading={isStarting && !isRehearsalFirst}
            isDisabled={isStarting}
            onRun={() => {
              onRun("live");
            }}
          />
        </div>
      </form>
    </section>
  );
}

/** Whether a refusal is for want of keys, which the bar says in words of its own. */
export function isAboutKeys({ error, mode }: Refusal): boolean {
  return error instanceof ApiProblem && mode === "live" && error.code === KEY_CODE;
}

/** Whether the fields of the bar say all that is wrong. */
function isSaidBelow(error: Error): boolean {
  return (
    error instanceof ApiProblem &&
    error.code === "invalid_request" &&
    error.errors.length > 0 &&
    error.errors.every(({ path }) => OWN_FIELDS.has(path))
  );
}

interface RefusalNoticeProps extends Pick<EditorBarProps, "steps" | "isBesideField"> {
  refusal: Refusal;
  rehearseButton: ReactNode;
}

function RefusalNotice({ refusal, steps, isBesideField, rehearseButton }: RefusalNoticeProps) {
  const { error, mode } = refusal;
  if (isAboutKeys(refusal)) {
    return <KeyRefusal steps={steps} fallback={error.message} actions={rehearseButton} />;
  }
  return (
    <ProblemNotice
      error={error}
      isBesideField={(path) => OWN_FIELDS.has(path) || isBesideField(path)}
      actions={
        error instanceof ApiProblem && mode === "live" && REHEARSABLE.has(error.code) && rehearseButton
      }
    />
  );
}
