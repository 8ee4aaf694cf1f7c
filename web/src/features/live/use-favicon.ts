import { useEffect } from "react";
import type { TabState } from "./live-run.ts";

const ICONS: Record<TabState["kind"], string> = {
  none: "/relais.svg",
  running: "/relais-running.svg",
  several: "/relais-running.svg",
  asks: "/relais-asks.svg",
  ended: "/relais-ended.svg",
};

/** The icon of the tab, which says what the title says. */
export function useFavicon(kind: TabState["kind"]): void {
  useEffect(() => {
    document.querySelector("link[rel=icon]")?.setAttribute("href", ICONS[kind]);
  }, [kind]);
}
