import { Button, Textarea } from "@mantine/core";
import { IconCheck, IconPencil, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiProblem } from "../../api/client.ts";
import { useDecide } from "../../api/queries.ts";
import type { DecisionBody, Result } from "../../api/types.ts";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { Notice, ProblemNotice } from "../../components/notice.tsx";
import { readJson } from "../../json-text.ts";
import { useFormat } from "../../use-format.ts";
import { useNow } from "./use-now.ts";
import classes from "./execution.module.css";

type Approved = Pick<Result, "type" | "text" | "json">;

interface ApprovalPanelProps {
  executionId: number;
  stepNumber: number;
  /** Of a step that runs once per item. */
  item?: number;
  /** Null: without a limit. */
  decideBy: string | null;
  /** What is to be approved. */
  result: Approved;
}

/** Below a result that others wait for: approve it, put something else in its place, or reject it. */
export function ApprovalPanel({ executionId, stepNumber, item, decideBy, result }: ApprovalPanelProps) {
  const { t } = useTranslation();
  const decide = useDecide(executionId);
  const [isEditing, setIsEditing] = useState(false);
  const [isRejecting, setIsRejecting] = useState(false);
  const place = { step_number: stepNumber, ...(item === undefined ? {} : { item }) };
  const send = (body: Pick<DecisionBody, "decision" | "output">) => {
    decide.mutate({ ...body, ...place });
  };
  const isText = result.type === "text" || result.type === "json";
  return (
    <div className={classes.approval} id={approvalId(stepNumber, item)} tabIndex={-1}>
      <Notice
        kind="info"
        title={t("decision.approvalQuestion")}
        actions={
          !isEditing && (
            <>
              <Button
                loading={decide.isPending}
                leftSection={<IconCheck aria-hidden size={18} stroke={1.75} />}
                onClick={() => {
                  send({ decision: "approve" });
                }}
              >
                {t("decision.approve")}
              </Button>
              {isText && (
                <Button
                  variant="default"
                  disabled={decide.isPending}
                  leftSection={<IconPencil aria-hidden size={18} stroke={1.75} />}
                  onClick={() => {
                    setIsEditing(true);
                  }}
                >
                  {t("decision.edit")}
                </Button>
              )}
              <Button
                variant="default"
                disabled={decide.isPending}
                leftSection={<IconX aria-hidden size={18} stroke={1.75} />}
                onClick={() => {
                  setIsRejecting(true);
                }}
              >
                {t("decision.reject")}
              </Button>
            </>
          )
        }
      >
        {t("decision.approvalText")} <TimeLeft until={decideBy} />
      </Notice>
      {isEditing && (
        <Edit
          result={result}
          isBusy={decide.isPending}
          error={outputProblem(decide.error)}
          onApprove={(output) => {
            send({ decision: "approve", output });
          }}
          onCancel={() => {
            decide.reset();
            setIsEditing(false);
          }}
        />
      )}
      {decide.error !== null && outputProblem(decide.error) === null && (
        <ProblemNotice error={decide.error} />
      )}
      <ConfirmDialog
        isOpen={isRejecting}
        title={t("decision.rejectTitle")}
        text={t("decision.rejectText")}
        confirmText={t("decision.reject")}
        isBusy={decide.isPending}
        onConfirm={() => {
          setIsRejecting(false);
          send({ decision: "reject" });
        }}
        onClose={() => {
          setIsRejecting(false);
        }}
      />
    </div>
  );
}

/** Where the page goes to when somebody wants to see what is to be approved. */
export function approvalId(stepNumber: number, item?: number): string {
  return item === undefined ? `approval-${stepNumber}` : `approval-${stepNumber}-${item}`;
}

/** What is wrong with the edited output itself, for the foot of its field. */
function outputProblem(error: Error | null): string | null {
  if (!(error instanceof ApiProblem)) {
    return null;
  }
  const found = error.errors.filter(({ path }) => path.startsWith("output"));
  return found.length === 0 ? null : found.map(({ message }) => message).join(" ");
}

function TimeLeft({ until }: { until: string | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(until !== null);
  if (until === null) {
    return null;
  }
  const leftMs = Date.parse(until) - Date.parse(now);
  return (
    <strong>
      {leftMs > 0 ? t("decision.timeLeft", { time: format.timeLeft(leftMs) }) : t("decision.timeOver")}
    </strong>
  );
}

interface EditProps {
  result: Approved;
  isBusy: boolean;
  error: string | null;
  onApprove: (output: NonNullable<DecisionBody["output"]>) => void;
  onCancel: () => void;
}

/** The text or the data of a result, to be changed before it is approved. */
function Edit({ result, isBusy, error, onApprove, onCancel }: EditProps) {
  const { t } = useTranslation();
  const isJson = result.type === "json";
  const [text, setText] = useState(() =>
    isJson ? JSON.stringify(result.json, null, 2) : (result.text ?? ""),
  );
  const read = isJson ? readJson(text) : { json: null };
  const problem = "problem" in read ? t("decision.notJson", { reason: read.problem }) : null;
  const approve = () => {
    if (!isJson) {
      onApprove({ text });
    } else if ("json" in read) {
      onApprove({ json: read.json });
    }
  };
  return (
    <div className={classes.edit}>
      <Textarea
        label={t(isJson ? "decision.editJson" : "decision.editText")}
        classNames={{ input: (isJson ? classes.editCode : classes.editProse) ?? "" }}
        autosize
        minRows={6}
        maxRows={24}
        data-autofocus
        value={text}
        error={problem ?? error}
        onChange={(event) => {
          setText(event.currentTarget.value);
        }}
      />
      <div className={classes.editButtons}>
        <Button loading={isBusy} disabled={problem !== null || text.trim() === ""} onClick={approve}>
          {t("decision.approveEdited")}
        </Button>
        <Button variant="default" disabled={isBusy} onClick={onCancel}>
          {t("decision.cancelEdit")}
        </Button>
      </div>
    </div>
  );
}
