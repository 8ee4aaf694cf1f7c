/** Days are UTC, `YYYY-MM-DD`, as the server counts them. */
export interface Period {
  from: string;
  to: string;
}

export const PERIOD_CHOICES = ["month", "lastMonth", "days30", "months12", "other"] as const;
export type PeriodChoice = (typeof PERIOD_CHOICES)[number];

/** The days of a choice; `other` is what was chosen before. */
export function periodOf(choice: PeriodChoice, today: string, chosen: Period): Period {
  switch (choice) {
    case "month":
      return { from: firstOfMonth(today, 0), to: today };
    case "lastMonth":
      return { from: firstOfMonth(today, -1), to: dayAfter(firstOfMonth(today, 0), -1) };
    case "days30":
      return { from: dayAfter(today, -29), to: today };
    case "months12":
      return { from: firstOfMonth(today, -11), to: today };
    case "other":
      return chosen;
    default:
      return choice satisfies never;
  }
}

/** A column of the chart: a day, or a month where days would be too many. */
interface Column {
  /** `YYYY-MM-DD` or `YYYY-MM`. */
  key: string;
  unit: "day" | "month";
}

const MAX_DAYS = 92;

/** Every day or month of a period, those without a call too. */
export function columnsOf({ from, to }: Period): Column[] {
  const days: string[] = [];
  for (let day = from; day <= to && days.length <= MAX_DAYS; day = dayAfter(day, 1)) {
    days.push(day);
  }
  if (days.length <= MAX_DAYS) {
    return days.map((key) => ({ key, unit: "day" }));
  }
  const months: string[] = [];
  for (let day = firstOfMonth(from, 0); day <= to; day = firstOfMonth(day, 1)) {
    months.push(day.slice(0, 7));
  }
  return months.map((key) => ({ key, unit: "month" }));
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

function dayAfter(day: string, days: number): string {
  const date = new Date(day);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

function firstOfMonth(day: string, months: number): string {
  const date = new Date(`${day.slice(0, 7)}-01`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date.toISOString().slice(0, 10);
}
