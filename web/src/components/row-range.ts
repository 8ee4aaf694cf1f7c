/** Rows from `first` to before `end`. */
export interface RowRange {
  first: number;
  end: number;
}

/** Beyond the screen, above and below, so many of its heights are drawn too. */
const BEYOND = 0.75;
/** Ranges begin and end at every so many rows, so that a small step of a scroll changes nothing. */
const STEP = 4;

/** The rows that have to be drawn where `above` pixels of a list have been scrolled past, each taking `pitch` pixels. */
export function rangeOf(place: { above: number; screen: number; pitch: number; count: number }): RowRange {
  const { above, screen, pitch, count } = place;
  const beyond = screen * BEYOND;
  const first = Math.floor((above - beyond) / pitch / STEP) * STEP;
  const end = Math.ceil((above + screen + beyond) / pitch / STEP) * STEP;
  return { first: Math.min(count, Math.max(0, first)), end: Math.min(count, Math.max(0, end)) };
}
