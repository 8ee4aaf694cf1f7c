import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { newExecution, pressStep, startEngine } from "../support/engine-rig.ts";
import { pressSteps } from "../support/press-steps.ts";
import { startPress } from "../support/press.ts";
import { createFloor } from "./floor.ts";

const WARM_UP = 40;
const ONE_BY_ONE = 150;
const AT_ONCE = 20;
const TOGETHER = 400;
/** The two are measured in turns, so that a slow moment of the machine hits both. */
const ROUNDS = 5;

/** Milliseconds an execution, and executions a second, of the floor and of Relais, each the median of the rounds. */
export interface Overhead {
  floor: { oneByOneMs: number; perSecond: number };
  relais: { oneByOneMs: number; perSecond: number };
}

/** Measures three instant steps against the floor, in one run on the same disk with the same vendor. */
export async function measureOverhead(): Promise<Overhead> {
  const press = await startPress();
  const folder = await mkdtemp(path.join(tmpdir(), "relais-bench-"));
  const floor = createFloor(path.join(folder, "floor.db"), press.url);
  const rig = await startEngine({ steps: pressSteps(press.url) });
  const steps = [pressStep(1, "s1"), pressStep(2, "s2 {step1_output}"), pressStep(3, "s3 {step2_output}")];
  const relais = async (): Promise<void> => {
    const id = await rig.engine.create(newExecution(steps));
    await rig.waitFor(id, ["completed"]);
  };
  const runs = { floor: () => floor.run(), relais };
  const rounds = { floor: [] as Round[], relais: [] as Round[] };
  for (const run of [runs.floor, runs.relais]) await repeat(run, WARM_UP, 4);
  for (let round = 0; round < ROUNDS; round++) {
    rounds.floor.push(await measure(runs.floor));
    rounds.relais.push(await measure(runs.relais));
  }
  floor.close();
  await rig.stop();
  await press.stop();
  await rm(folder, { recursive: true, force: true });
  return { floor: middle(rounds.floor), relais: middle(rounds.relais) };
}

interface Round {
  oneByOneMs: number;
  perSecond: number;
}

async function measure(run: () => Promise<void>): Promise<Round> {
  const oneByOneMs = (await repeat(run, ONE_BY_ONE, 1)) / ONE_BY_ONE;
  const perSecond = (TOGETHER / (await repeat(run, TOGETHER, AT_ONCE))) * 1000;
  return { oneByOneMs, perSecond };
}

/** Runs `count` times, `atOnce` side by side; gives the milliseconds that took. */
async function repeat(run: () => Promise<void>, count: number, atOnce: number): Promise<number> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await run();
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: atOnce }, worker));
  return performance.now() - start;
}

function middle(rounds: Round[]): Round {
  return {
    oneByOneMs: median(rounds.map((round) => round.oneByOneMs)),
    perSecond: median(rounds.map((round) => round.perSecond)),
  };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
