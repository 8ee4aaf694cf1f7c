import { useEffect, useState, type RefObject } from "react";
import { canDrawWave, readPeaks } from "./peaks.ts";
import type { StoredFile } from "./stored-file.ts";
import classes from "./audio-player.module.css";

const PARTS = 160;

/** How loud a sound is over its length; what was heard is coloured up to `--heard` of the frame. */
export function Wave({ peaks }: { peaks: readonly number[] | null }) {
  if (peaks === null) {
    return <span className={classes.line} aria-hidden />;
  }
  const bars = peaks
    .map((peak, index) => {
      const height = Math.max(2, peak * 46);
      return `M${index * 3 + 1} ${24 - height / 2}v${height}`;
    })
    .join("");
  return (
    <svg
      className={classes.wave}
      viewBox={`0 0 ${PARTS * 3} 48`}
      preserveAspectRatio="none"
      aria-hidden
      focusable="false"
    >
      <path d={bars} className={classes.bars} />
      <path d={bars} className={classes.heard} />
    </svg>
  );
}

/** The shape of a sound, read once it comes into view; null until then, without a file, and where it is too long. */
export function usePeaks(
  file: StoredFile | null,
  frame: RefObject<HTMLElement | null>,
): readonly number[] | null {
  const [peaks, setPeaks] = useState<readonly number[] | null>(null);
  const { url = "", bytes = 0, seconds = 0 } = file ?? {};
  useEffect(() => {
    const element = frame.current;
    if (element === null || !canDrawWave({ bytes, seconds })) {
      return undefined;
    }
    const abort = new AbortController();
    const read = async () => {
      try {
        const shape = await readPeaks(url, PARTS, abort.signal);
        if (!abort.signal.aborted) {
          setPeaks(shape);
        }
      } catch {
        // A plain line then stands in its place; the player says by itself what it cannot play.
      }
    };
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) {
        observer.disconnect();
        void read();
      }
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      abort.abort();
    };
  }, [url, bytes, seconds, frame]);
  return peaks;
}
