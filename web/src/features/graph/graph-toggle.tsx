import { Button } from "@mantine/core";
import { IconSitemap } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { GraphPanelState } from "./use-graph-panel.ts";

/** Shows the graph or hides it. */
export function GraphToggle({ panel, isQuiet = false }: { panel: GraphPanelState; isQuiet?: boolean }) {
  const { t } = useTranslation();
  return (
    <Button
      {...(isQuiet ? { variant: "subtle", color: "gray" } : { variant: "default" })}
      leftSection={<IconSitemap aria-hidden size={18} stroke={1.75} />}
      aria-expanded={panel.isOpen}
      onClick={panel.toggle}
    >
      {t(panel.isOpen && panel.hasRoom ? "graph.hide" : "graph.show")}
    </Button>
  );
}
