/** What is left of the 4 s that a stop may take goes to closing the database. */
export const STOP_GRACE_MS = 3_600;

/** Resolves at the first signal to stop. Further ones change nothing: stopping takes 4 s at most. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
  });
}
