import { fairGroupOf, type Party } from "../db/party.ts";
import type { ProviderWait } from "../db/provider-wait-store.ts";

/** Places at a provider for step runs of one execution that wait for them. */
export interface Turn {
  executionId: number;
  /** The process that works on it. */
  worker: string;
  provider: string;
  places: number;
}

/**
 * Whose turn it is when `places` are free: one by one, each goes to the user who has the fewest calls under way, within
 * that to the workflow and then to the execution with the fewest, and among equals to whoever has waited longest. So many
 * of one kind leave room for one of another, and nobody is passed over for ever.
 */
export function shareOut(options: {
  provider: string;
  places: number;
  underWay: readonly (Party & { calls: number })[];
  waiting: readonly ProviderWait[];
}): Turn[] {
  const { provider, places, underWay, waiting } = options;
  const calls = new Map<string, number>();
  const count = (party: Party, more: number): void => {
    for (const name of circlesOf(party)) calls.set(name, (calls.get(name) ?? 0) + more);
  };
  for (const party of underWay) count(party, party.calls);
  const waits = waiting.map((wait) => ({
    wait,
    circles: circlesOf(wait),
    turn: { executionId: wait.executionId, worker: wait.worker, provider, places: 0 },
  }));
  const loadOf = ({ circles }: { circles: string[] }): number[] =>
    circles.map((name) => calls.get(name) ?? 0);
  const wanted = waiting.reduce((sum, { steps }) => sum + steps, 0);
  if (places >= wanted) return waits.map(({ wait, turn }) => ({ ...turn, places: wait.steps }));
  for (let left = places; left > 0; left -= 1) {
    const open = waits.filter(({ wait, turn }) => turn.places < wait.steps);
    const [first, ...others] = open;
    if (!first) break;
    const next = others.reduce((best, one) => {
      const order = compareLoads(loadOf(one), loadOf(best)) || compareAges(one.wait, best.wait);
      return order < 0 ? one : best;
    }, first);
    next.turn.places += 1;
    count(next.wait, 1);
  }
  return waits.flatMap(({ turn }) => (turn.places > 0 ? [turn] : []));
}

/** From the widest to the narrowest. */
function circlesOf(party: Party): string[] {
  return [`user:${party.userId ?? ""}`, fairGroupOf(party), `execution:${party.executionId}`];
}

function compareLoads(one: number[], other: number[]): number {
  const difference = one.map((load, index) => load - (other[index] ?? 0)).find((more) => more !== 0);
  return difference ?? 0;
}

function compareAges(one: ProviderWait, other: ProviderWait): number {
  if (one.since !== other.since) return one.since < other.since ? -1 : 1;
  return one.executionId - other.executionId;
}
