/** The day in UTC, YYYY-MM-DD, by which the server goes too. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
