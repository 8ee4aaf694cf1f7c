import { openHttpRig, type HttpRig } from "../support/http-rig.ts";
import { makeHistory } from "./history-rows.ts";

/** What a page asks for, over a history of that many executions. */
export interface HistoryTime {
  what: string;
  /** Milliseconds: the median of five. */
  medianMs: number;
}

const API = "/api/combinations";
const TIMES = 5;
const DAY_MS = 86_400_000;

/** Measures the pages over a long history; `count` executions of three steps each. */
export async function measureHistory(count: number): Promise<{ times: HistoryTime[] }> {
  const rig = await openHttpRig({ keys: { openai: "sk-bench", elevenlabs: "sk-bench" } });
  try {
    await makeHistory(rig.db, count);
    const times: HistoryTime[] = [];
    for (const [what, request] of requestsOver(rig, count))
      times.push({ what, medianMs: await median(request) });
    return { times };
  } finally {
    await rig.close();
  }
}

function daysAgo(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
}

type Request = () => Promise<void>;

function requestsOver(rig: HttpRig, count: number): [string, Request][] {
  const get =
    (path: string): Request =>
    async () => {
      const response = await rig.send("GET", path);
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      await response.text();
    };
  const list = (query: string): Request => get(`${API}/executions?limit=24${query}`);
  const deep = `&cursor=${Buffer.from(`executions:${Math.round(count / 10)}`).toString("base64url")}`;
  const [today, quarterAgo, yearAgo] = [daysAgo(0), daysAgo(91), daysAgo(364)];
  const costs = (query: string, from = yearAgo): Request =>
    get(`${API}/costs?from=${from}&to=${today}${query}`);
  const steps = [{ step_number: 1, ai_provider: "openai:gpt-6.2-sol", prompt: "About {topic}" }];
  const estimate =
    (body: Record<string, unknown>): Request =>
    async () => {
      const response = await rig.send("POST", `${API}/estimate`, { initial_input: "bees", ...body });
      if (!response.ok) throw new Error(`estimate: ${response.status} ${await response.text()}`);
    };
  return [
    ["list: first page", list("")],
    ["list: deep cursor", list(deep)],
    ["list: status failed", list("&status=failed")],
    ["list: status running, of which there is none", list("&status=running")],
    ["list: status waiting, deep cursor", list(`&status=waiting${deep}`)],
    ["list: one workflow", list("&workflow_id=7")],
    ["list: one workflow, failed, live", list("&workflow_id=7&status=failed&mode=live")],
    ["list: one workflow, running", list("&workflow_id=7&status=running")],
    ["list: rehearsals", list("&mode=rehearsal")],
    ["list: failed rehearsals, deep cursor", list(`&status=failed&mode=rehearsal${deep}`)],
    ["list: cancelled, workflow 7", list("&status=cancelled&workflow_id=7")],
    [
      "list: a filter that nothing passes (completed, workflow 9999)",
      list("&status=completed&workflow_id=9999"),
    ],
    ["list: one template", list("&template_id=production-video")],
    ["list: a month, ten months ago", list(`&from=${daysAgo(320)}&to=${daysAgo(290)}`)],
    ["search: a word that all of them have", list("&q=topic")],
    ["search: the beginning of a word, all of them", list("&q=nu")],
    ["search: one of them", list(`&q=${Math.round(count / 3)}`)],
    ["search: two words, deep cursor", list(`&q=topic+number${deep}`)],
    ["search: a word that none has", list("&q=nobody")],
    ["search: a word that all have, cancelled", list("&q=topic&status=cancelled")],
    ["files: first page", get(`${API}/artifacts?limit=48`)],
    ["files: of a kind that there is not", get(`${API}/artifacts?limit=48&kind=document`)],
    ["files: found by a word", get(`${API}/artifacts?limit=48&q=topic`)],
    ["detail", get(`${API}/executions/${Math.round(count / 2)}`)],
    ["costs: a year by month and medium", costs("&by=month&split=modality")],
    ["costs: a year by workflow", costs("&by=workflow")],
    ["costs: a year by model", costs("&by=model")],
    ["costs: three months by day and medium", costs("&by=day&split=modality", quarterAgo)],
    ["past runs: a template", estimate({ template_id: "creation-contenu" })],
    ["past runs: a model that was never called", estimate({ template_id: "creation-contenu", steps })],
    ["/metrics", get("/metrics")],
  ];
}

async function median(request: Request): Promise<number> {
  const times: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    const before = performance.now();
    await request();
    times.push(performance.now() - before);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(TIMES / 2)] ?? 0;
}
