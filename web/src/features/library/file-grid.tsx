import { useElementSize, useMergedRef } from "@mantine/hooks";
import { useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { ListedArtifactWire } from "../../api/types.ts";
import { useWindowRows } from "../../components/use-window-rows.ts";
import { FileTile } from "./file-tile.tsx";
import { columnsOf, movedIndex } from "./grid-moves.ts";
import classes from "./library.module.css";

const GAP_PIXELS = 16;
const LEAST_PIXELS = 200;
const PHONE_PIXELS = 500;
const LEAST_ON_PHONE = 140;
/** Below the picture: the name and where it came from. */
const CAPTION_PIXELS = 68;
const SHAPE = 3 / 4;

interface FileGridProps {
  files: readonly ListedArtifactWire[];
  onOpen: (index: number) => void;
}

/** Files as tiles in even rows, of which only those about the screen are drawn. The arrow keys go from tile to tile. */
export function FileGrid({ files, onOpen }: FileGridProps) {
  const { t } = useTranslation();
  const { ref: sized, width } = useElementSize<HTMLUListElement>();
  const grid = useRef<HTMLUListElement>(null);
  const ref = useMergedRef(sized, grid);
  const [wanted, setWanted] = useState<number | null>(null);
  const least = width < PHONE_PIXELS ? LEAST_ON_PHONE : LEAST_PIXELS;
  const columns = columnsOf(width, { least, gap: GAP_PIXELS });
  const tilePixels = Math.max(0, (width - GAP_PIXELS * (columns - 1)) / columns);
  const rowPixels = Math.round(tilePixels * SHAPE) + CAPTION_PIXELS;
  const rowCount = width === 0 ? 0 : Math.ceil(files.length / columns);
  const { rows, totalPixels, scrollTo } = useWindowRows({
    container: grid,
    count: rowCount,
    rowPixels,
    gapPixels: GAP_PIXELS,
  });
  const move = (event: KeyboardEvent, index: number) => {
    const next = movedIndex(event.key, index, { count: files.length, columns });
    if (next !== null) {
      event.preventDefault();
      scrollTo(Math.floor(next / columns));
      setWanted(next);
    }
  };
  return (
    <ul ref={ref} aria-label={t("library.title")} className={classes.grid} style={{ height: totalPixels }}>
      {rows.flatMap((row) =>
        files.slice(row.index * columns, (row.index + 1) * columns).map((file, column) => {
          const index = row.index * columns + column;
          return (
            <FileTile
              key={file.id}
              file={file}
              place={{ index, count: files.length }}
              box={{
                width: tilePixels,
                height: rowPixels,
                left: column * (tilePixels + GAP_PIXELS),
                top: row.top,
              }}
              onKeyDown={(event) => {
                move(event, index);
              }}
              isWanted={wanted === index}
              onFocused={() => {
                setWanted(null);
              }}
              onOpen={() => {
                onOpen(index);
              }}
            />
          );
        }),
      )}
    </ul>
  );
}
