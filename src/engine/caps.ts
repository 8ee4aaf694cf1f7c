import { getBudget, type BudgetKey, type CappedBudget } from "../db/budget-store.ts";
import {
  listStoredCaps,
  PERIOD_KINDS,
  storeCap,
  type CapKey,
  type PeriodKind,
  type StoredCap,
} from "../db/cap-store.ts";
import type { Db, Trx } from "../db/database.ts";
import type { Writer } from "../db/writer.ts";
import type { NanoUsd } from "../workflow/money.ts";
import { ALL, batchOfScope, kindOf, nextPeriodAt, periodAt, sharedKeys, type CapReader } from "./budgets.ts";

/** Caps on everything together that hold where a person has set none; null: no cap. */
export interface DefaultCaps {
  day: NanoUsd | null;
  month: NanoUsd | null;
}

/** A cap as it stands: what it allows, and what its period has seen. */
export interface CapState extends CapKey {
  /** `2026-11-22`, `2026-11`, or empty for all time. */
  period: string;
  /** Null: no cap. */
  capNanoUsd: NanoUsd | null;
  /** Who says so; null: no cap. */
  source: "person" | "environment" | null;
  spentNanoUsd: NanoUsd;
  reservedNanoUsd: NanoUsd;
  /** When it begins anew; null: never. */
  resetsAt: string | null;
}

/** The caps that executions share. What a person has set wins over the environment. */
export class Caps implements CapReader {
  readonly #db: Db;
  readonly #writer: Writer;
  readonly #defaults: DefaultCaps;
  readonly #now: () => Date;
  readonly #onChange: () => void;

  constructor(options: {
    db: Db;
    writer: Writer;
    defaults: DefaultCaps;
    now: () => Date;
    /** Called when a cap was set or taken off: what waited may fit now. */
    onChange: () => void;
  }) {
    this.#db = options.db;
    this.#writer = options.writer;
    this.#defaults = options.defaults;
    this.#now = options.now;
    this.#onChange = options.onChange;
  }

  async capsOf(db: Db | Trx, keys: readonly BudgetKey[]): Promise<CappedBudget[]> {
    const stored = await listStoredCaps(db, [...new Set(keys.map(({ scope }) => scope))]);
    return keys.map(({ scope, period }) => {
      const { capNanoUsd } = this.#effective({ scope, periodKind: kindOf(period) }, stored);
      return { scope, period, capNanoUsd };
    });
  }

  /** Whether a call of an execution of this scope (null: of no workflow) would be held to some shared cap. */
  async hasAny(budgetScope: string | null, batchId: number | null = null): Promise<boolean> {
    const keys = sharedKeys({ batchId, budgetScope, createdAt: this.#now().toISOString() });
    return (await this.capsOf(this.#db, keys)).some(({ capNanoUsd }) => capNanoUsd !== null);
  }

  /** The caps of everything, of each scope but batches that has one, and of those asked for, as they stand. */
  async list(asked: readonly string[] = []): Promise<CapState[]> {
    const stored = await listStoredCaps(this.#db);
    const known = stored.map(({ scope }) => scope).filter((scope) => batchOfScope(scope) === null);
    const scopes = new Set([ALL, ...known.toSorted(), ...asked]);
    const states: CapState[] = [];
    for (const scope of scopes) {
      for (const periodKind of PERIOD_KINDS) states.push(await this.#stateOf({ scope, periodKind }, stored));
    }
    return states;
  }

  /** One cap as it stands. */
  async state(scope: string, periodKind: PeriodKind): Promise<CapState> {
    return await this.#stateOf({ scope, periodKind }, await listStoredCaps(this.#db, [scope]));
  }

  /** Sets caps of a person, or takes them off (null): then those of the environment hold again. */
  async set(changes: readonly (CapKey & { capNanoUsd: NanoUsd | null })[]): Promise<void> {
    const now = this.#now().toISOString();
    await this.#writer.write(async (trx) => {
      for (const { capNanoUsd, ...key } of changes) await storeCap(trx, key, { capNanoUsd, now });
    });
    this.#onChange();
  }

  async #stateOf(key: CapKey, stored: readonly StoredCap[]): Promise<CapState> {
    const now = this.#now().toISOString();
    const { scope, periodKind } = key;
    const period = periodAt(periodKind, now);
    const budget = await getBudget(this.#db, { scope, period });
    return {
      scope,
      periodKind,
      period,
      ...this.#effective(key, stored),
      spentNanoUsd: budget?.spentNanoUsd ?? 0,
      reservedNanoUsd: budget?.reservedNanoUsd ?? 0,
      resetsAt: nextPeriodAt(periodKind, now),
    };
  }

  #effective(
    { scope, periodKind }: CapKey,
    stored: readonly StoredCap[],
  ): Pick<CapState, "capNanoUsd" | "source"> {
    const own = stored.find((cap) => cap.scope === scope && cap.periodKind === periodKind);
    if (own) return { capNanoUsd: own.capNanoUsd, source: "person" };
    const capNanoUsd = scope === ALL && periodKind !== "total" ? this.#defaults[periodKind] : null;
    return { capNanoUsd, source: capNanoUsd === null ? null : "environment" };
  }
}
