import { ActionIcon } from "@mantine/core";
import { IconFocusCentered, IconMinus, IconPlus } from "@tabler/icons-react";
import { Panel, useReactFlow, useStore } from "@xyflow/react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { viewportFor, type Layout } from "./graph-layout.ts";
import classes from "./graph.module.css";

interface ViewControlsProps {
  layout: Layout;
  /** A node that is brought into view. */
  lit: string | null;
}

/** What the controls at the foot of the canvas take of its height. */
export const CONTROLS_HEIGHT_PX = 56;

/** Keeps the graph in view, and lets a person come nearer. */
export function ViewControls({ layout, lit }: ViewControlsProps) {
  const { t } = useTranslation();
  const { setViewport, getViewport, zoomIn, zoomOut } = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);

  const showAll = () => {
    void setViewport(viewportFor(layout, { width, height: height - CONTROLS_HEIGHT_PX }));
  };
  // A graph of another shape is shown from its beginning; one in which only a word has changed stays where it is.
  useEffect(() => {
    if (width > 0 && height > 0) {
      void setViewport(
        viewportFor(
          { width: layout.width, height: layout.height },
          { width, height: height - CONTROLS_HEIGHT_PX },
        ),
      );
    }
  }, [setViewport, layout.width, layout.height, width, height]);

  const {
    x = 0,
    y = 0,
    width: boxWidth = 0,
    height: boxHeight = 0,
  } = (lit === null ? undefined : layout.boxes.get(lit)) ?? {};
  useEffect(() => {
    if (lit === null || width === 0) {
      return;
    }
    const view = getViewport();
    const left = x * view.zoom + view.x;
    const top = y * view.zoom + view.y;
    const isSeen =
      left >= 0 && top >= 0 && left + boxWidth * view.zoom <= width && top + boxHeight * view.zoom <= height;
    if (!isSeen) {
      void setViewport({
        zoom: view.zoom,
        x: width / 2 - (x + boxWidth / 2) * view.zoom,
        y: height / 2 - (y + boxHeight / 2) * view.zoom,
      });
    }
  }, [lit, x, y, boxWidth, boxHeight, width, height, getViewport, setViewport]);

  return (
    <Panel position="bottom-left" className={classes.controls ?? ""}>
      <ActionIcon aria-label={t("graph.zoomIn")} onClick={() => void zoomIn()}>
        <IconPlus aria-hidden size={18} stroke={1.75} />
      </ActionIcon>
      <ActionIcon aria-label={t("graph.zoomOut")} onClick={() => void zoomOut()}>
        <IconMinus aria-hidden size={18} stroke={1.75} />
      </ActionIcon>
      <ActionIcon aria-label={t("graph.showAll")} onClick={showAll}>
        <IconFocusCentered aria-hidden size={18} stroke={1.75} />
      </ActionIcon>
    </Panel>
  );
}
