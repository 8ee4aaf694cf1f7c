import { Menu } from "@mantine/core";
import {
  IconLayoutColumns,
  IconPencil,
  IconPhotoEdit,
  IconPlayerTrackPrev,
  IconRepeat,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ActionMenu } from "../../components/action-menu.tsx";
import type { Execution, Result, StepData } from "../../api/types.ts";
import { isAtRest } from "./at-rest.ts";
import type { RerunTarget } from "./rerun-dialog.tsx";

interface StepMenuProps {
  execution: Execution;
  step: StepData;
  result: Result | undefined;
  onRerun: (target: RerunTarget) => void;
  /** Opens the comparison of models; null where there is none to compare. */
  onCompare: (() => void) | null;
}

/** What can be done with a step once its execution is at rest. */
export function StepMenu({ execution, step, result, onRerun, onCompare }: StepMenuProps) {
  const { t } = useTranslation();
  if (!isAtRest(execution)) {
    return null;
  }
  const number = step.step_number;
  const target = rerunTarget(execution, number);
  const hasFailedItems = (step.items_failed ?? 0) > 0;
  return (
    <ActionMenu label={t("rerun.more", { number })} isFramed>
      <Menu.Item
        leftSection={<IconPlayerTrackPrev aria-hidden size={18} stroke={1.75} />}
        onClick={() => {
          onRerun({ ...target, hasFailedItems });
        }}
      >
        {t("rerun.fromHere")}
      </Menu.Item>
      {hasFailedItems && (
        <Menu.Item
          leftSection={<IconRepeat aria-hidden size={18} stroke={1.75} />}
          onClick={() => {
            onRerun({ ...target, hasFailedItems, failedItems: true });
          }}
        >
          {t("rerun.failedItems")}
        </Menu.Item>
      )}
      {result !== undefined && result.items === undefined && (
        <Menu.Item
          leftSection={
            result.url === undefined ? (
              <IconPencil aria-hidden size={18} stroke={1.75} />
            ) : (
              <IconPhotoEdit aria-hidden size={18} stroke={1.75} />
            )
          }
          onClick={() => {
            onRerun({ ...target, replaced: result });
          }}
        >
          {t(result.url === undefined ? "rerun.editText" : "rerun.replaceFile")}
        </Menu.Item>
      )}
      {onCompare !== null && (
        <Menu.Item
          leftSection={<IconLayoutColumns aria-hidden size={18} stroke={1.75} />}
          onClick={onCompare}
        >
          {t("takes.compare")}
        </Menu.Item>
      )}
    </ActionMenu>
  );
}

export function rerunTarget(
  execution: Pick<Execution, "id" | "total_steps" | "workflow_id" | "template_id"> & {
    cap_usd?: number | null;
  },
  fromStep: number | null,
): RerunTarget {
  return {
    executionId: execution.id,
    totalSteps: execution.total_steps,
    hasSource: execution.workflow_id !== null || execution.template_id !== null,
    fromStep,
    capUsd: execution.cap_usd ?? null,
  };
}
