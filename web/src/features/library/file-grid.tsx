import { useElementSize, useMergedRef } from "@mantine/hooks";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { ListedArtifactWire } from "../../api/types.ts";
import { FileTile } from "./file-tile.tsx";
import { columnsOf, movedIndex } from "./grid-moves.ts";
import classes from "./library.module.css";

const GAP_PIXELS = 16;
const LEAST_PIXELS = 200;
const LEAST_ON_PHONE = 140;
/** Below the picture: the name and where it came from. */
const CAPTION_PIXELS = 68;
const SHAPE = 3 / 4;
const OVERSCAN = 3;

interface FileGridProps {
  files: readonly ListedArtifactWire[];
  onOpen: (index: number) => void;
}

/** Files as tiles in even rows, of which only those about the screen are drawn. The arrow keys go from tile to tile. */
export function FileGrid({ files, onOpen }: FileGridProps) {
  const { t } = useTranslation();
  const { ref: sized, width } = useElementSize();
  const grid = useRef<HTMLDivElement>(null);
  const ref = useMergedRef(sized, grid);
  const [top, setTop] = useState(0);
  const [wanted, setWanted] = useState<number | null>(null);
  useLayoutEffect(() => {
    setTop((grid.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
  }, [width]);
  const columns = columnsOf(width, { least: width < 500 ? LEAST_ON_PHONE : LEAST_PIXELS, gap: GAP_PIXELS });
  const tile = Math.max(0, (width - GAP_PIXELS * (columns - 1)) / columns);
  const rowPixels = Math.round(tile * SHAPE) + CAPTION_PIXELS;
  const virtualizer = useWindowVirtualizer({
    count: width === 0 ? 0 : Math.ceil(files.length / columns),
    estimateSize: () => rowPixels,
    gap: GAP_PIXELS,
    overscan: OVERSCAN,
    scrollMargin: top,
  });
  useEffect(() => {
    virtualizer.measure();
  }, [virtualizer, rowPixels]);
  useEffect(() => {
    const element = wanted === null ? null : grid.current?.querySelector(`[data-index="${wanted}"]`);
    if (element instanceof HTMLElement) {
      element.focus({ preventScroll: true });
      setWanted(null);
    }
  });
  const move = (event: KeyboardEvent) => {
    const index = event.target instanceof HTMLElement ? Number(event.target.dataset["index"]) : Number.NaN;
    const next = movedIndex(event.key, index, { count: files.length, columns });
    if (next !== null) {
      event.preventDefault();
      virtualizer.scrollToIndex(Math.floor(next / columns));
      setWanted(next);
    }
  };
  return (
    <div
      ref={ref}
      role="list"
      aria-label={t("library.title")}
      className={classes.grid}
      style={{ height: virtualizer.getTotalSize() }}
      onKeyDown={move}
    >
      {virtualizer.getVirtualItems().map((row) => (
        <div
          key={row.key}
          role="presentation"
          className={classes.row}
          style={{
            transform: `translateY(${row.start - top}px)`,
            height: rowPixels,
            gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
          }}
        >
          {files.slice(row.index * columns, (row.index + 1) * columns).map((file, column) => {
            const index = row.index * columns + column;
            return (
              <FileTile
                key={file.id}
                file={file}
                place={{ index, count: files.length }}
                onOpen={() => {
                  onOpen(index);
                }}
              />
            );
          })}
        </div>
      ))}
    </div>
  );
}
