const PAUSE_MS = 2_000;
const ANSWER_MS = 5_000;

interface Surroundings {
  /** What the browser believes. */
  isOnline: () => boolean;
  isServerThere: () => Promise<boolean>;
  /** A while between two questions to the server. */
  pause: () => Promise<void>;
}

/**
 * Loads a part of the page. A browser that failed to load a script once never tries it again before the page is reloaded, so
 * nothing is asked for while the network is known to be away.
 * @throws what `load` threw, as soon as the server answers and a reload can help.
 */
export async function loadPatiently<T>(
  load: () => Promise<T>,
  surroundings: Surroundings = { isOnline: () => navigator.onLine, isServerThere, pause },
): Promise<T> {
  if (!surroundings.isOnline()) {
    await untilServerIsThere(surroundings);
  }
  try {
    return await load();
  } catch (error) {
    await untilServerIsThere(surroundings);
    throw error;
  }
}

async function untilServerIsThere(surroundings: Surroundings): Promise<void> {
  while (!(await surroundings.isServerThere())) await surroundings.pause();
}

async function isServerThere(): Promise<boolean> {
  try {
    return (await fetch("/healthz", { signal: AbortSignal.timeout(ANSWER_MS) })).ok;
  } catch {
    return false;
  }
}

/** Ends early when the browser is back on the network. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener("online", end);
      resolve();
    };
    const timer = setTimeout(end, PAUSE_MS);
    window.addEventListener("online", end);
  });
}
