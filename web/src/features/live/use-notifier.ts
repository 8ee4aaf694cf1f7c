import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import type { LiveRun } from "./live-run.ts";
import { readNotifying, sendNotification } from "./notifications.ts";

/** Tells a person who asked for it that a run ended or waits for them, unless they are looking at it. */
export function useNotifier(shown: ReadonlySet<number>) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  return useCallback(
    ({ kind, run }: { kind: "ended" | "asks"; run: LiveRun }) => {
      const isLooking = document.visibilityState === "visible" && document.hasFocus() && shown.has(run.id);
      if (isLooking || readNotifying() !== "on") {
        return;
      }
      sendNotification({
        title: run.title ?? t("execution.untitled", { id: run.id }),
        body: kind === "asks" ? t("runner.live.tellAsks") : t(`status.${run.status}`),
        tag: `relais-${run.id}-${kind}`,
        onOpen: () => {
          navigate(`/combinations/executions/${run.id}`);
        },
      });
    },
    [navigate, shown, t],
  );
}
