import { measureLivePage } from "./live-page.ts";
import { measureLargestPaint } from "./page-speed.ts";
import { measurePageWeight } from "./page-weight.ts";
import type { Row } from "./rows.ts";

/**
 * How heavy and how quick the page is in a real browser, beside its limits.
 * @throws where there is nothing to measure: no paint, no event seen, no frame, or trouble in the page.
 */
export async function measurePage(): Promise<Row[]> {
  const largestPaintMs = await measureLargestPaint();
  const live = await measureLivePage();
  const weight = await measurePageWeight();
  const figures = [largestPaintMs, ...Object.values(live), ...Object.values(weight)];
  if (!figures.every((figure) => Number.isFinite(figure) && figure > 0)) {
    throw new Error(`The page was not measured: ${JSON.stringify({ largestPaintMs, live, weight })}`);
  }
  return [
    {
      what: "gzipped script before the first paint",
      relais: `${weight.firstScriptKilobytes.toFixed(0)} KB`,
      floor: "250 KB (limit)",
      ratio: (weight.firstScriptKilobytes / 250).toFixed(2),
      aim: "under 1",
    },
    {
      what: "a change of one of 50 items, from the server to the screen (median)",
      relais: `${live.medianMs.toFixed(0)} ms`,
      floor: "100 ms (limit)",
      ratio: (live.medianMs / 100).toFixed(2),
      aim: "under 1",
    },
    {
      what: "the same, the slowest in twenty",
      relais: `${live.slowestOf20Ms.toFixed(0)} ms`,
      floor: "100 ms (limit)",
      ratio: (live.slowestOf20Ms / 100).toFixed(2),
      aim: "under 1",
    },
    {
      what: "frames while 50 items update (floor: the same page at rest)",
      relais: `${live.framesPerSecond.toFixed(0)}/s`,
      floor: `${live.restFramesPerSecond.toFixed(0)}/s`,
      ratio: (live.framesPerSecond / live.restFramesPerSecond).toFixed(2),
      aim: "about 1",
    },
    {
      what: "largest paint of the first screen",
      relais: `${largestPaintMs.toFixed(0)} ms`,
      floor: "1000 ms (limit)",
      ratio: (largestPaintMs / 1_000).toFixed(2),
      aim: "under 1",
    },
  ];
}
