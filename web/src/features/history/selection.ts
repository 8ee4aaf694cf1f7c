/** The ids that are selected, and where a range of them begins. */
export interface Selection {
  ids: ReadonlySet<number>;
  anchor: number | null;
}

export const NOTHING_SELECTED: Selection = { ids: new Set(), anchor: null };

/** Takes one in or out; with `isRange` all from the last one that was touched up to it, as they stand in `order`. */
export function toggled(
  { ids, anchor }: Selection,
  id: number,
  { order, isRange }: { order: readonly number[]; isRange: boolean },
): Selection {
  const isOn = !ids.has(id);
  const [first, last] = [order.indexOf(anchor ?? id), order.indexOf(id)];
  const touched =
    isRange && first !== -1 ? order.slice(Math.min(first, last), Math.max(first, last) + 1) : [id];
  const next = new Set(ids);
  for (const each of touched) {
    if (isOn) {
      next.add(each);
    } else {
      next.delete(each);
    }
  }
  return { ids: next, anchor: id };
}

/** All of these, or none where all of them are selected. */
export function toggledAll({ ids }: Selection, order: readonly number[]): Selection {
  const isWhole = order.length > 0 && order.every((id) => ids.has(id));
  return { ids: new Set(isWhole ? [] : order), anchor: null };
}
