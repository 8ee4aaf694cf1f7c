import type { Db } from "../db/database.ts";
import { countOpenCalls } from "../db/provider-limit-store.ts";
import { countWaits } from "../db/provider-wait-store.ts";
import { countExecutions, countPaidCalls, type StatusCount } from "../db/status-counts.ts";
import type { EventHub } from "../engine/events.ts";
import { WAIT_ALIVE_MS } from "../engine/places.ts";

interface Metric {
  name: string;
  help: string;
  type: "gauge" | "counter";
  samples: { labels: Record<string, string>; value: number }[];
}

/** The counters of this server in the Prometheus text format. */
export async function collectMetrics(sources: {
  db: Db;
  events: EventHub;
  version: string;
}): Promise<string> {
  const { db, events, version } = sources;
  const executions = await countExecutions(db);
  const attempts = await countPaidCalls(db);
  const metrics: Metric[] = [
    {
      name: "relais_info",
      help: "Version of Relais.",
      type: "gauge",
      samples: [{ labels: { version }, value: 1 }],
    },
    {
      name: "relais_executions",
      help: "Executions by status.",
      type: "gauge",
      samples: byStatus(executions),
    },
    {
      name: "relais_attempts",
      help: "Calls to providers that are not free, by status.",
      type: "gauge",
      samples: byStatus(attempts),
    },
    ...(await providerMetrics(db)),
    {
      name: "relais_event_subscribers",
      help: "Listeners that follow an execution live.",
      type: "gauge",
      samples: one(events.subscriberCount),
    },
    {
      name: "process_resident_memory_bytes",
      help: "Resident memory of the process.",
      type: "gauge",
      samples: one(process.memoryUsage.rss()),
    },
    {
      name: "process_uptime_seconds",
      help: "Time since the process started.",
      type: "gauge",
      samples: one(process.uptime()),
    },
  ];
  return metrics.map(writeMetric).join("");
}

/** How busy providers are, over all processes. */
async function providerMetrics(db: Db): Promise<Metric[]> {
  const waits = await countWaits(db, new Date(Date.now() - WAIT_ALIVE_MS).toISOString());
  return [
    {
      name: "relais_provider_calls_under_way",
      help: "Calls that are under way, by provider.",
      type: "gauge",
      samples: byProvider(await countOpenCalls(db)),
    },
    {
      name: "relais_provider_waits",
      help: "Steps that wait for a place, by provider.",
      type: "gauge",
      samples: byProvider(waits),
    },
  ];
}

function byStatus(rows: StatusCount[]): Metric["samples"] {
  return rows.map(({ status, count }) => ({ labels: { status }, value: count }));
}

function byProvider(rows: { provider: string; count: number }[]): Metric["samples"] {
  return rows.map(({ provider, count }) => ({ labels: { provider }, value: count }));
}

function one(value: number): Metric["samples"] {
  return [{ labels: {}, value }];
}

function writeMetric({ name, help, type, samples }: Metric): string {
  const lines = samples.map(({ labels, value }) => `${name}${writeLabels(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function writeLabels(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/["\\\n]/g, "_")}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
