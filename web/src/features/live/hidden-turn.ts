/** One of the tabs that nobody sees, all windows together. */
const TURN = "relais.hidden-stream";

/**
 * Asks for the turn of the one hidden tab that may keep its event stream, so that it tells at once of what has ended. Gives
 * what hands the turn back; null where another tab has it, or the browser keeps no turns (it does so over HTTPS and on this
 * machine alone).
 */
export async function takeHiddenTurn(): Promise<(() => void) | null> {
  // Typed as always there, which it is not.
  const locks: LockManager | undefined = navigator.locks;
  if (locks === undefined) {
    return null;
  }
  const taken = Promise.withResolvers<(() => void) | null>();
  const held = Promise.withResolvers<void>();
  locks
    .request(TURN, { ifAvailable: true }, (lock) => {
      taken.resolve(lock === null ? null : held.resolve);
      return lock === null ? undefined : held.promise;
    })
    .catch(() => {
      taken.resolve(null);
    });
  return await taken.promise;
}
