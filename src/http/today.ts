/** The day in UTC, YYYY-MM-DD: prices hold from day to day. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
