import { availableParallelism } from "node:os";
import { measureFilms } from "./films.ts";
import { measureHistory } from "./history.ts";
import { measureLargeFilm } from "./large-film.ts";
import { measureOverhead } from "./overhead.ts";
import { measurePage } from "./page.ts";
import { measurePending } from "./pending.ts";
import type { Row } from "./rows.ts";
import { measureStart } from "./start.ts";
import { measureWorkers, type WorkerThroughput } from "./workers.ts";

/** A smaller one for a quick look: `RELAIS_BENCH_HISTORY=20000 npm run bench`. */
const EXECUTIONS = Number(process.env["RELAIS_BENCH_HISTORY"] ?? 1_000_000);
const PAGE_LIMIT_MS = 50;

/** Measures everything, one part after the other. */
export async function measureAll(): Promise<Row[]> {
  const { floor, relais } = await measureOverhead();
  const start = await measureStart();
  const few = await measurePending(100);
  const many = await measurePending(10_000);
  const workers = await measureWorkers();
  const page = await measurePage();
  const film = await measureLargeFilm();
  const films = await measureFilms();
  const history = await measureHistory(EXECUTIONS);

  return [
    {
      what: "three instant steps, one execution at a time",
      relais: `${relais.oneByOneMs.toFixed(2)} ms`,
      floor: `${floor.oneByOneMs.toFixed(2)} ms`,
      ratio: (relais.oneByOneMs / floor.oneByOneMs).toFixed(2),
      aim: "at most 2",
    },
    {
      what: "throughput, 20 executions at a time",
      relais: `${relais.perSecond.toFixed(0)}/s`,
      floor: `${floor.perSecond.toFixed(0)}/s`,
      ratio: (relais.perSecond / floor.perSecond).toFixed(2),
      aim: "at least 0.5",
    },
    {
      what: "start of a built tree to ready",
      relais: `${start.readyMs.toFixed(0)} ms`,
      floor: "1000 ms (limit)",
      ratio: (start.readyMs / 1000).toFixed(2),
      aim: "under 1",
    },
    {
      what: "idle memory (floor: a bare Node server)",
      relais: `${start.idleMegabytes.toFixed(0)} MB`,
      floor: `${start.floorMegabytes.toFixed(0)} MB`,
      ratio: (start.idleMegabytes / start.floorMegabytes).toFixed(2),
      aim: "under 150 MB",
    },
    ...page,
    {
      what: "start with 10,000 pending executions",
      relais: `${many.readyMs.toFixed(0)} ms`,
      floor: "2000 ms (limit)",
      ratio: (many.readyMs / 2_000).toFixed(2),
      aim: "under 1",
    },
    {
      what: "memory with 10,000 pending executions (floor: with 100)",
      relais: `${many.megabytes.toFixed(0)} MB`,
      floor: `${few.megabytes.toFixed(0)} MB`,
      ratio: (many.megabytes / few.megabytes).toFixed(2),
      aim: "about 1",
    },
    workersRow(workers, { more: 2, fewer: 1, aim: "at least 1.8" }),
    workersRow(workers, { more: 4, fewer: 1, aim: "-" }),
    workersRow(workers, { more: 8, fewer: 4, aim: "at least 1" }),
    ...[...workers].map(([count, { workersMs, postgresMs, cores }]) => ({
      what: `processor time an execution, ${count} worker${count > 1 ? "s" : ""} (floor: PostgreSQL)`,
      relais: `${workersMs.toFixed(1)} ms`,
      floor: `${postgresMs.toFixed(1)} ms`,
      ratio: `${cores.toFixed(2)} of ${availableParallelism()} cores`,
      aim: "-",
    })),
    {
      what: "a short of 20 s (floor: the bare encoder, fed the same frames)",
      relais: `${(films.wholeMs / 1_000).toFixed(1)} s`,
      floor: `${(films.encoderMs / 1_000).toFixed(1)} s`,
      ratio: (films.wholeMs / films.encoderMs).toFixed(2),
      aim: "at most 1.1",
    },
    {
      what: "memory of a short of 20 s",
      relais: `${films.shortMegabytes.toFixed(0)} MB`,
      floor: "900 MB (limit)",
      ratio: (films.shortMegabytes / 900).toFixed(2),
      aim: "under 1",
    },
    {
      what: "memory of a slideshow of 10 min (floor: of the short)",
      relais: `${films.longMegabytes.toFixed(0)} MB`,
      floor: `${films.shortMegabytes.toFixed(0)} MB`,
      ratio: (films.longMegabytes / films.shortMegabytes).toFixed(2),
      aim: "about 1",
    },
    filmRow("a film of 1 GB stored on disk: growth of memory", film.disk.stored),
    filmRow("the same served, whole and in parts, to quick and slow", film.disk.served),
    filmRow("a film of 1 GB stored in S3: growth of memory", film.s3.stored),
    filmRow("the same served, whole and in parts, to quick and slow", film.s3.served),
    ...history.times.map(({ what, medianMs }) => ({
      what: `of ${EXECUTIONS} executions, ${what}`,
      relais: `${medianMs.toFixed(1)} ms`,
      floor: `${PAGE_LIMIT_MS} ms (limit)`,
      ratio: (medianMs / PAGE_LIMIT_MS).toFixed(2),
      aim: "under 1",
    })),
  ];
}

function workersRow(
  throughput: ReadonlyMap<number, WorkerThroughput>,
  { more, fewer, aim }: { more: number; fewer: number; aim: string },
): Row {
  const perSecond = (count: number): number => throughput.get(count)?.perSecond ?? Number.NaN;
  const [those, these] = [perSecond(more), perSecond(fewer)];
  return {
    what: `PostgreSQL, answers of 200 ms: ${more} workers (floor: ${fewer})`,
    relais: `${those.toFixed(1)}/s`,
    floor: `${these.toFixed(1)}/s`,
    ratio: (those / these).toFixed(2),
    aim,
  };
}

function filmRow(what: string, megabytes: number): Row {
  return {
    what,
    relais: `${megabytes.toFixed(0)} MB`,
    floor: "64 MB (limit)",
    ratio: (megabytes / 64).toFixed(2),
    aim: "under 1",
  };
}
