import { useTranslation } from "react-i18next";
import { useLiveRuns } from "./live-context.ts";

/** The title of the tab: how what runs is getting on, then the screen. */
export function useTabTitle(screen: string): string {
  const { t } = useTranslation();
  const { tab } = useLiveRuns();
  const rest = `${screen} · ${t("product")}`;
  switch (tab.kind) {
    case "none":
      return rest;
    case "several":
      return `● ${t("runner.live.running", { count: tab.count })} · ${rest}`;
    case "running": {
      const { current_step: current, total_steps: total, stepName, title } = tab.run;
      const what = stepName ?? (title === screen ? null : title);
      return [`● ${current}/${total}`, ...(what === null ? [] : [`${what}…`]), rest].join(" · ");
    }
    case "asks":
      return `⚠ ${t("runner.live.asks")} · ${withScreen(tab.run.title, screen, rest)}`;
    case "ended":
    default: {
      const sign = tab.run.status === "completed" ? "✓" : "✕";
      return `${sign} ${withScreen(tab.run.title, screen, rest)}`;
    }
  }
}

/** The run that is meant, unless the screen is its own. */
function withScreen(title: string | null, screen: string, rest: string): string {
  return title === null || title === screen ? rest : `${title} · ${rest}`;
}
