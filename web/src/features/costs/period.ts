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

const MAX_DAYS = 92;

/** What a column of the chart is: a day, or a month where days would be too many. */
export function unitOf({ from, to }: Period): "day" | "month" {
  return dayAfter(from, MAX_DAYS) > to ? "day" : "month";
}

/** Every day (`YYYY-MM-DD`) or month (`YYYY-MM`) of a period, those without a call too. */
export function columnsOf({ from, to }: Period, unit: "day" | "month"): string[] {
  const columns: string[] = [];
  if (unit === "day") {
    for (let day = from; day <= to; day = dayAfter(day, 1)) {
      columns.push(day);
    }
  } else {
    for (let day = from; day.slice(0, 7) <= to.slice(0, 7); day = firstOfMonth(day, 1)) {
      columns.push(day.slice(0, 7));
    }
  }
  return columns;
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
