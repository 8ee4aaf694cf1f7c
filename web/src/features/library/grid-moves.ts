/** Where an arrow key leads in a grid of so many places in rows of so many columns; null for other keys and past the ends. */
export function movedIndex(
  key: string,
  index: number,
  { count, columns }: { count: number; columns: number },
): number | null {
  const targets: Record<string, number> = {
    ArrowLeft: index - 1,
    ArrowRight: index + 1,
    ArrowUp: index - columns,
    ArrowDown: index + columns,
    Home: 0,
    End: count - 1,
  };
  const target = targets[key];
  return target === undefined || target < 0 || target >= count || target === index ? null : target;
}

/** How many columns of at least `least` pixels fit, with gaps in between; one at the least. */
export function columnsOf(width: number, { least, gap }: { least: number; gap: number }): number {
  return Math.max(1, Math.floor((width + gap) / (least + gap)));
}
