import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { executeAnswerSchema, executionSchema } from "../../src/http/schemas.ts";
import { openBrowser, type Screen } from "../support/browser.ts";
import { startRelais } from "../support/relais-process.ts";
import { refuseTroubles } from "./page-speed.ts";

const ITEMS = 50;
const IDLE_MS = 2_000;

export interface LivePage {
  /** Milliseconds from the time that the server gives an event to the frame that shows it. */
  medianMs: number;
  slowestOf20Ms: number;
  /** Frames a second while the items update, and of the same page at rest. */
  framesPerSecond: number;
  restFramesPerSecond: number;
  longestFrameMs: number;
}

/** When an item was first seen in a state on the screen, milliseconds since 1970: `12/completed`. */
type SeenStates = Record<string, number>;

declare global {
  interface Window {
    livePage: { states: SeenStates; frames: number[] };
  }
}

/** Watches a rehearsal of fifty items in a browser: how late each change is seen, and how evenly frames are drawn. */
export async function measureLivePage(): Promise<LivePage> {
  const dataFolder = await mkdtemp(path.join(tmpdir(), "relais-bench-live-"));
  const [server, browser] = await Promise.all([startRelais({ dataFolder, withPage: true }), openBrowser()]);
  const api = `${server.url}/api/combinations`;
  try {
    const screen = await browser.open({ url: server.url, language: "en" });
    const id = await start(api);
    await screen.page.goto(`/combinations/executions/${id}`);
    await watch(screen);
    const showAll = screen.page.getByRole("button", { name: /^Show all \d+$/ });
    await showAll.or(screen.text(screen.texts.execution.totalCost)).first().waitFor();
    await showAll.click();
    // Before this, only the first items were on the screen.
    const since = Date.now();
    await screen.page.evaluate(() => (window.livePage.frames = []));
    await screen.text(screen.texts.execution.totalCost).waitFor({ timeout: 120_000 });
    refuseTroubles(screen);
    const { states, frames } = await screen.page.evaluate(() => window.livePage);
    await screen.page.evaluate(() => (window.livePage.frames = []));
    await screen.page.waitForTimeout(IDLE_MS);
    const rest = await screen.page.evaluate(() => window.livePage.frames);
    const response = await fetch(`${api}/executions/${id}`);
    const items = executionSchema.parse(await response.json()).steps_data[0]?.items ?? [];
    const delays = delaysOf(states, items, since);
    return {
      medianMs: at(delays, 0.5),
      slowestOf20Ms: at(delays, 0.95),
      framesPerSecond: perSecond(frames),
      restFramesPerSecond: perSecond(rest),
      longestFrameMs: Math.max(...frames),
    };
  } finally {
    await browser.close();
    await server.stop();
    await rm(dataFolder, { recursive: true, force: true });
  }
}

async function start(api: string): Promise<number> {
  const step = {
    step_number: 1,
    name: "notes",
    ai_provider: "gpt-4",
    prompt: "A note on {item}",
    for_each: { in: "{topic}", max_parallel: 8 },
  };
  const topic = Array.from({ length: ITEMS }, (_, index) => `bee ${index + 1}`).join("\n");
  const response = await fetch(`${api}/execute`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ steps: [step], initial_input: topic, mode: "rehearsal" }),
  });
  return executeAnswerSchema.parse(await response.json()).execution_id;
}

/** Notes in the page, right after each frame is drawn, what it shows for the first time, and how long each frame took. */
async function watch({ page }: Screen): Promise<void> {
  await page.evaluate(() => {
    window.livePage = { states: {}, frames: [] };
    const { states } = window.livePage;
    let isLooking = false;
    const look = () => {
      isLooking = false;
      const now = performance.timeOrigin + performance.now();
      for (const item of document.querySelectorAll<HTMLElement>("li[data-status]")) {
        const number = item.querySelector("[aria-hidden]")?.textContent ?? "";
        states[`${number}/${item.dataset["status"]}`] ??= now;
      }
    };
    new MutationObserver(() => {
      if (isLooking) return;
      isLooking = true;
      // What follows the callbacks of a frame follows its painting.
      requestAnimationFrame(() => setTimeout(look));
    }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    let last = performance.now();
    const frame = (now: number) => {
      window.livePage.frames.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/** Of what happened while the page watched: each item is seen to work, then to be done. */
function delaysOf(
  states: SeenStates,
  items: readonly { item: number; started_at: string | null; completed_at: string | null }[],
  sinceMs: number,
): number[] {
  return items
    .flatMap(({ item, started_at: started, completed_at: completed }) =>
      [
        { at: started, seen: states[`${item + 1}/running`] },
        { at: completed, seen: states[`${item + 1}/completed`] },
      ].flatMap(({ at: iso, seen }) =>
        iso === null || seen === undefined || Date.parse(iso) < sinceMs ? [] : [seen - Date.parse(iso)],
      ),
    )
    .toSorted((one, other) => one - other);
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}

function perSecond(frames: readonly number[]): number {
  const totalMs = frames.reduce((sum, ms) => sum + ms, 0);
  return (frames.length / totalMs) * 1_000;
}
