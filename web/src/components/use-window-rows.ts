import { useLayoutEffect, useState, type RefObject } from "react";
import { rangeOf, type RowRange } from "./row-range.ts";

interface WindowRowsOptions {
  /** Where the rows are drawn. */
  container: RefObject<HTMLElement | null>;
  count: number;
  /** The height of every row, and of the gap between two. */
  rowPixels: number;
  gapPixels?: number;
}

/**
 * Which rows of a list that scrolls with the page have to be drawn: those about the screen, however long it is. All rows have
 * one height, so that nothing has to be measured and the place of each is known before it is drawn.
 */
export function useWindowRows({ container, count, rowPixels, gapPixels = 0 }: WindowRowsOptions) {
  const [range, setRange] = useState<RowRange>({ first: 0, end: 0 });
  const pitch = rowPixels + gapPixels;
  useLayoutEffect(() => {
    const look = () => {
      const top = container.current?.getBoundingClientRect().top ?? 0;
      const next = rangeOf({ above: -top, screen: window.innerHeight, pitch, count });
      // Most steps of a scroll stay within the rows that are drawn.
      setRange((before) => (before.first === next.first && before.end === next.end ? before : next));
    };
    look();
    window.addEventListener("scroll", look, { passive: true });
    window.addEventListener("resize", look);
    return () => {
      window.removeEventListener("scroll", look);
      window.removeEventListener("resize", look);
    };
  }, [container, count, pitch]);
  useLayoutEffect(() => {
    // The browser would hold still what stands below the rows, and so run to the end whenever more of them are read.
    const { style } = document.documentElement;
    style.setProperty("overflow-anchor", "none");
    return () => {
      style.removeProperty("overflow-anchor");
    };
  }, []);
  const [first, end] = [Math.min(range.first, count), Math.min(range.end, count)];
  const totalPixels = Math.max(0, count * pitch - gapPixels);
  /** Scrolls no further than it takes to see a row. */
  const scrollTo = (index: number) => {
    const top = (container.current?.getBoundingClientRect().top ?? 0) + index * pitch;
    if (top < 0) {
      window.scrollBy(0, top - gapPixels);
    } else if (top + rowPixels > window.innerHeight) {
      window.scrollBy(0, top + pitch - window.innerHeight);
    }
  };
  return {
    rows: Array.from({ length: end - first }, (_, offset) => ({
      index: first + offset,
      top: (first + offset) * pitch,
    })),
    totalPixels,
    beforePixels: first * pitch,
    afterPixels: (count - end) * pitch,
    scrollTo,
  };
}
