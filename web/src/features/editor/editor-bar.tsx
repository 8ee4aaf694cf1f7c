import { Button, TextInput } from "@mantine/core";
import { IconDeviceFloppy, IconPlayerPlay, IconPlayerTrackNext } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useSearch } from "wouter";
import { MAX_INPUT_CHARACTERS } from "../../../../src/workflow/definition.ts";
import { ApiProblem } from "../../api/client.ts";
import type { Template } from "../../api/types.ts";
import { MoneyInput } from "../../components/money-input.tsx";
import { ProblemNotice } from "../../components/notice.tsx";
import { useFormat } from "../../use-format.ts";
import type { Draft } from "./draft.ts";
import { messageUnder, type PlacedMessages } from "./problems.ts";
import classes from "./editor.module.css";

/** Codes that a rehearsal gets around, because it needs no key, no vendor and no price. */
const REHEARSABLE = new Set([
  "provider_not_configured",
  "provider_not_available",
  "unpriced_model",
  "cap_too_low",
]);

interface EditorBarProps {
  draft: Draft;
  /** The template whose estimate holds for these steps; null where no estimate is known. */
  price: Template | null;
  problems: PlacedMessages;
  error: Error | null;
  isStarting: boolean;
  onChange: (changes: Partial<Draft>) => void;
  onRun: (mode: "live" | "rehearsal") => void;
  onSave: () => void;
}

/** The foot of the editor, always in sight: topic, cap, price, and the three things one can do. */
export function EditorBar(props: EditorBarProps) {
  const { t } = useTranslation();
  const topicField = useRef<HTMLInputElement>(null);
  const isTopicWanted = new URLSearchParams(useSearch()).get("focus") === "topic";
  useEffect(() => {
    if (isTopicWanted) {
      topicField.current?.focus();
    }
  }, [isTopicWanted]);
  const { draft, price, problems, error, isStarting, onChange, onRun, onSave } = props;
  const rehearse = () => {
    onRun("rehearsal");
  };
  const offersRehearsal = error instanceof ApiProblem && REHEARSABLE.has(error.code);
  return (
    <section className={classes.bar} aria-label={t("editor.bar")}>
      {error !== null && (
        <div className={classes.barError}>
          <ProblemNotice
            error={error}
            hasPlaces={!offersRehearsal}
            actions={
              offersRehearsal && (
                <Button onClick={rehearse} loading={isStarting}>
                  {t("editor.rehearseInstead")}
                </Button>
              )
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
          error={messageUnder(problems, "initial_input")}
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
        <Price price={price} />
        <div className={classes.barButtons}>
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconDeviceFloppy aria-hidden size={18} stroke={1.75} />}
            onClick={onSave}
          >
            {t("actions.save")}
          </Button>
          <Button
            variant="default"
            leftSection={<IconPlayerTrackNext aria-hidden size={18} stroke={1.75} />}
            disabled={isStarting}
            onClick={rehearse}
          >
            {t("editor.rehearse")}
          </Button>
          <Button
            leftSection={<IconPlayerPlay aria-hidden size={18} stroke={1.75} />}
            loading={isStarting}
            onClick={() => {
              onRun("live");
            }}
          >
            {t("editor.run")}
          </Button>
        </div>
      </form>
    </section>
  );
}

function Price({ price }: { price: Template | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const isKnown = price !== null && price.estimated_cost !== null;
  return (
    <p className={classes.price} title={isKnown ? undefined : t("editor.priceUnknown")}>
      <span className={classes.priceLabel}>{t("editor.price")}</span>
      <strong className="figures">
        {price === null || price.estimated_cost === null
          ? format.cost(price?.estimated_cost_low ?? null, "unknown")
          : format.cost(price.estimated_cost, price.cost_basis === "free" ? "free" : "estimated")}
      </strong>
      {!isKnown && <span className="visually-hidden">{t("editor.priceUnknown")}</span>}
    </p>
  );
}
