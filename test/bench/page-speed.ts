import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openBrowser, type Screen } from "../support/browser.ts";
import { startRelais } from "../support/relais-process.ts";

const VISITS = 5;
/** What was painted is told at once. */
const PAINT_WITHIN_MS = 5_000;

/**
 * Milliseconds from the click that leads to the page until its largest part is painted, for somebody who has not been here
 * before: the median, as the browser measures it (W3C Largest Contentful Paint).
 */
export async function measureLargestPaint(): Promise<number> {
  const dataFolder = await mkdtemp(path.join(tmpdir(), "relais-bench-page-"));
  const [server, browser] = await Promise.all([startRelais({ dataFolder, withPage: true }), openBrowser()]);
  const times: number[] = [];
  try {
    for (let visit = 0; visit < VISITS; visit += 1) {
      const screen = await browser.open({ url: server.url });
      await screen.page.waitForLoadState("networkidle");
      times.push(await screen.page.evaluate(largestPaintMs, PAINT_WITHIN_MS));
      refuseTroubles(screen);
      await screen.close();
    }
  } finally {
    await browser.close();
    await server.stop();
    await rm(dataFolder, { recursive: true, force: true });
  }
  return times.toSorted((a, b) => a - b)[Math.floor(VISITS / 2)] ?? Number.NaN;
}

/** @throws where something went wrong behind the page, whose figures then mean nothing. */
export function refuseTroubles({ troubles }: Screen): void {
  if (troubles.length > 0) throw new Error(`The page had trouble:\n${troubles.join("\n")}`);
}

/** Runs in the page. */
function largestPaintMs(withinMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("No paint was seen.")), withinMs);
    new PerformanceObserver((list) => {
      resolve(list.getEntries().at(-1)?.startTime ?? Number.NaN);
    }).observe({ type: "largest-contentful-paint", buffered: true });
  });
}
