import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDecide } from "../../api/queries.ts";
import type { Execution } from "../../api/types.ts";
import { MoneyInput } from "../../components/money-input.tsx";
import { Notice, ProblemNotice } from "../../components/notice.tsx";
import { ceilToCent } from "../../format.ts";
import { useFormat } from "../../use-format.ts";
import { approvalId } from "./approval-panel.tsx";
import classes from "./execution.module.css";
import { SharedCap } from "./shared-cap.tsx";

type WaitingFor = NonNullable<Execution["waiting_for"]>;

interface DecisionPanelProps {
  execution: Execution;
  waiting: WaitingFor;
  onCancel: () => void;
}

/** What the execution waits for, and the buttons that answer it. Nothing is bought before one is pressed. */
export function DecisionPanel(props: DecisionPanelProps) {
  const decide = useDecide(props.execution.id);
  const place = {
    step_number: props.waiting.step_number,
    ...(props.waiting.item === undefined ? {} : { item: props.waiting.item }),
  };
  if (props.waiting.reason === "approval") {
    return <ApprovalPointer waiting={props.waiting} />;
  }
  const reached = props.waiting.cap;
  return (
    <div className={classes.decision}>
      {props.waiting.reason === "cap" && reached !== undefined && reached.scope !== "execution" ? (
        <SharedCap
          waiting={props.waiting}
          cap={reached}
          isBusy={decide.isPending}
          onGiveUp={() => {
            decide.mutate({ decision: "give_up", ...place });
          }}
          onCancel={props.onCancel}
        />
      ) : props.waiting.reason === "cap" ? (
        <RaiseCap
          {...props}
          isBusy={decide.isPending}
          onRaise={(cap) => {
            decide.mutate({ decision: "raise_cap", cap_usd: cap, ...place });
          }}
        />
      ) : (
        <RetryOrGiveUp
          waiting={props.waiting}
          isBusy={decide.isPending}
          onDecide={(decision) => {
            decide.mutate({ decision, ...place });
          }}
        />
      )}
      {decide.error !== null && <ProblemNotice error={decide.error} />}
    </div>
  );
}

/** The question itself stands below the result that it is about. */
function ApprovalPointer({ waiting: { step_number: number, item } }: { waiting: WaitingFor }) {
  const { t } = useTranslation();
  return (
    <Notice
      kind="info"
      title={t("decision.approvalTitle", { number })}
      actions={
        <Button
          variant="default"
          onClick={() => {
            const panel = document.getElementById(approvalId(number, item));
            panel?.scrollIntoView({ block: "center" });
            panel?.focus({ preventScroll: true });
          }}
        >
          {t("decision.approvalSee")}
        </Button>
      }
    />
  );
}

interface RetryOrGiveUpProps {
  waiting: WaitingFor;
  isBusy: boolean;
  onDecide: (decision: "retry" | "give_up") => void;
}

function RetryOrGiveUp({ waiting, isBusy, onDecide }: RetryOrGiveUpProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const isKnown = (waiting.amount_usd ?? null) !== null;
  const amount = format.atMost(waiting.amount_usd ?? null);
  return (
    <Notice
      kind="warning"
      title={
        waiting.item === undefined
          ? t("decision.inDoubtTitle", { number: waiting.step_number })
          : t("decision.inDoubtItemTitle", { number: waiting.step_number, item: waiting.item + 1 })
      }
      actions={
        <>
          <Button
            loading={isBusy}
            onClick={() => {
              onDecide("retry");
            }}
          >
            {isKnown ? t("decision.retry", { amount }) : t("decision.retryUnknown")}
          </Button>
          <Button
            variant="default"
            disabled={isBusy}
            onClick={() => {
              onDecide("give_up");
            }}
          >
            {t("decision.giveUp")}
          </Button>
        </>
      }
    >
      {isKnown ? t("decision.inDoubtText", { amount }) : t("decision.inDoubtUnknown")}
    </Notice>
  );
}

interface RaiseCapProps extends DecisionPanelProps {
  isBusy: boolean;
  onRaise: (capUsd: number) => void;
}

function RaiseCap({ execution, waiting, isBusy, onRaise, onCancel }: RaiseCapProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const needed =
    waiting.cap_needed_usd ??
    Math.max(execution.total_cost + (waiting.amount_usd ?? 0), execution.cap_usd ?? 0);
  /** Follows what is needed, which changes while other calls end, until somebody types. */
  const [typed, setTyped] = useState<{ cap: number | null } | null>(null);
  const cap = typed === null ? ceilToCent(needed) : typed.cap;
  const isTooLow = cap !== null && cap < needed;
  const reserved = waiting.reserved_usd ?? 0;
  const amounts = {
    amount: format.atMost(waiting.amount_usd ?? null),
    spent: format.money(execution.total_cost),
    cap: format.cap(execution.cap_usd),
  };
  return (
    <Notice
      kind="warning"
      title={t("decision.capTitle", { number: waiting.step_number })}
      actions={
        <>
          <MoneyInput
            className={classes.capField}
            label={t("decision.capField")}
            value={cap}
            error={isTooLow && t("decision.capTooLow", { amount: format.atMost(needed) })}
            onChange={(next) => {
              setTyped({ cap: next });
            }}
          />
          <div className={classes.capButtons}>
            <Button
              loading={isBusy}
              disabled={cap === null || isTooLow}
              onClick={() => {
                if (cap !== null) {
                  onRaise(cap);
                }
              }}
            >
              {t("decision.raiseCap")}
            </Button>
            <Button variant="default" disabled={isBusy} onClick={onCancel}>
              {t("execution.cancel")}
            </Button>
          </div>
        </>
      }
    >
      {reserved > 0
        ? t("decision.capReserved", { ...amounts, reserved: format.atMost(reserved) })
        : t("decision.capText", amounts)}
    </Notice>
  );
}
