import { ActionIcon, Box } from "@mantine/core";
import { IconArrowsMaximize, IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../use-format.ts";
import { FITTED, moveBy, zoomAt, type Zoom } from "./zoom.ts";
import classes from "./preview.module.css";

const STEP = 1.5;
const PAN_PIXELS = 60;
const CENTER = { x: 0, y: 0 };

const PANS: Record<string, { x: number; y: number }> = {
  ArrowLeft: { x: PAN_PIXELS, y: 0 },
  ArrowRight: { x: -PAN_PIXELS, y: 0 },
  ArrowUp: { x: 0, y: PAN_PIXELS },
  ArrowDown: { x: 0, y: -PAN_PIXELS },
};

interface Point {
  x: number;
  y: number;
}

/** A picture to be looked at closely: wheel, two fingers, double click, buttons, or the keys + - 0 and the arrows. */
export function ZoomStage({ src, label }: { src: string; label: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const stage = useRef<HTMLDivElement>(null);
  const pointers = useRef(new Map<number, Point>());
  const [zoom, setZoom] = useState<Zoom>(FITTED);
  const sizeOf = () => stage.current?.getBoundingClientRect() ?? new DOMRect();
  useWheel(stage, (factor, point) => {
    setZoom((before) => zoomAt(before, factor, point));
  });
  const press = (event: KeyboardEvent) => {
    const pan = PANS[event.key];
    if (pan !== undefined && zoom.scale > 1) {
      event.stopPropagation();
      event.preventDefault();
      setZoom(moveBy(zoom, pan, sizeOf()));
    } else if (event.key === "+" || event.key === "=") {
      setZoom(zoomAt(zoom, STEP, CENTER));
    } else if (event.key === "-") {
      setZoom(zoomAt(zoom, 1 / STEP, CENTER));
    } else if (event.key === "0") {
      setZoom(FITTED);
    }
  };
  const move = (event: PointerEvent) => {
    const before = pointers.current.get(event.pointerId);
    if (before === undefined) {
      return;
    }
    const after = { x: event.clientX, y: event.clientY };
    const frame = sizeOf();
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, after);
    if (other === undefined) {
      setZoom((now) => moveBy(now, { x: after.x - before.x, y: after.y - before.y }, frame));
      return;
    }
    const factor = distance(after, other) / Math.max(1, distance(before, other));
    const middle = { x: (after.x + other.x) / 2, y: (after.y + other.y) / 2 };
    setZoom((now) => zoomAt(now, factor, offMiddle(middle, frame)));
  };
  const release = (event: PointerEvent) => {
    pointers.current.delete(event.pointerId);
  };
  return (
    <div className={classes.stageFrame}>
      <Box
        component="section"
        ref={stage}
        className={classes.stage ?? ""}
        tabIndex={0}
        data-autofocus
        data-zoomed={zoom.scale > 1}
        aria-label={t("preview.zoomHelp")}
        onKeyDown={press}
        onDoubleClick={(event) => {
          const point = offMiddle({ x: event.clientX, y: event.clientY }, sizeOf());
          setZoom(zoom.scale > 1 ? FITTED : zoomAt(zoom, 2.5, point));
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
        }}
        onPointerMove={move}
        onPointerUp={release}
        onPointerCancel={release}
      >
        <img
          src={src}
          alt={label}
          draggable={false}
          style={{ transform: `translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale})` }}
        />
      </Box>
      <div className={classes.stageButtons}>
        <ActionIcon
          aria-label={t("preview.smaller")}
          disabled={zoom.scale === 1}
          onClick={() => {
            setZoom(zoomAt(zoom, 1 / STEP, CENTER));
          }}
        >
          <IconZoomOut aria-hidden size={20} stroke={1.75} />
        </ActionIcon>
        <span className="figures" aria-live="polite">
          {format.percent(zoom.scale)}
        </span>
        <ActionIcon
          aria-label={t("preview.larger")}
          onClick={() => {
            setZoom(zoomAt(zoom, STEP, CENTER));
          }}
        >
          <IconZoomIn aria-hidden size={20} stroke={1.75} />
        </ActionIcon>
        <ActionIcon
          aria-label={t("preview.fit")}
          disabled={zoom.scale === 1}
          onClick={() => {
            setZoom(FITTED);
          }}
        >
          <IconArrowsMaximize aria-hidden size={20} stroke={1.75} />
        </ActionIcon>
      </div>
    </div>
  );
}

/** Turns of the wheel over an element, which then do not scroll; React's own listeners cannot keep it from scrolling. */
function useWheel(
  element: RefObject<HTMLElement | null>,
  onTurn: (factor: number, point: Point) => void,
): void {
  const latest = useRef(onTurn);
  useEffect(() => {
    latest.current = onTurn;
  }, [onTurn]);
  useEffect(() => {
    const target = element.current;
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      const point = { x: event.clientX, y: event.clientY };
      const frame = target?.getBoundingClientRect() ?? new DOMRect();
      latest.current(Math.exp(-event.deltaY / 400), offMiddle(point, frame));
    };
    target?.addEventListener("wheel", turn, { passive: false });
    return () => {
      target?.removeEventListener("wheel", turn);
    };
  }, [element]);
}

function offMiddle({ x, y }: Point, frame: DOMRect): Point {
  return { x: x - frame.left - frame.width / 2, y: y - frame.top - frame.height / 2 };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
