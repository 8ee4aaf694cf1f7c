import { useEffect, useState, type RefObject } from "react";

/** Drawn above and below what is in sight, so that a quick scroll finds rows there. */
const MARGIN_PIXELS = 400;

/** A row that is drawn, and how far below the top of its list. */
interface VisibleRow {
  index: number;
  top: number;
}

/**
 * Which rows of a long list are in sight, whatever it is that scrolls. Their heights are known, so nothing has to be
 * measured.
 */
export function useVisibleRows(
  list: RefObject<HTMLElement | null>,
  heightOf: (index: number) => number,
  count: number,
): { rows: VisibleRow[]; height: number } {
  const [sight, setSight] = useState({ from: 0, to: MARGIN_PIXELS * 3 });

  useEffect(() => {
    let frame = 0;
    const look = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        const top = list.current?.getBoundingClientRect().top;
        if (top === undefined) {
          return;
        }
        // In steps, so that not every pixel of a scroll draws the list anew.
        const from = Math.floor(-top / MARGIN_PIXELS) * MARGIN_PIXELS;
        const to = from + Math.ceil(window.innerHeight / MARGIN_PIXELS + 1) * MARGIN_PIXELS;
        setSight((before) => (before.from === from && before.to === to ? before : { from, to }));
      });
    };
    // What stands above the list moves it, and what it holds changes how far one can scroll.
    const resized = new ResizeObserver(look);
    resized.observe(document.body);
    document.addEventListener("scroll", look, { capture: true, passive: true });
    return () => {
      cancelAnimationFrame(frame);
      resized.disconnect();
      document.removeEventListener("scroll", look, { capture: true });
    };
  }, [list]);

  return visibleRows(sight, heightOf, count);
}

/**
 * The rows that reach into what is in sight, given in pixels below the top of the list. The first and the last are always
 * among them: whoever comes by keyboard from above or from below finds one to go on from.
 */
export function visibleRows(
  sight: { from: number; to: number },
  heightOf: (index: number) => number,
  count: number,
): { rows: VisibleRow[]; height: number } {
  const rows: VisibleRow[] = [];
  let height = 0;
  for (let index = 0; index < count; index += 1) {
    const top = height;
    height += heightOf(index);
    const isEnd = index === 0 || index === count - 1;
    if (isEnd || (height > sight.from - MARGIN_PIXELS && top < sight.to + MARGIN_PIXELS)) {
      rows.push({ index, top });
    }
  }
  return { rows, height };
}
