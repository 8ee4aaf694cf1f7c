/** What is known of the one HTTP call behind a provider's call, whatever the SDK made of it. */
export interface CallTrack {
  /** Whether a request was handed to the network. */
  hasStarted: boolean;
  /** The status that was received; null where no answer arrived. */
  status: number | null;
  headers: Headers | null;
}

/** A `fetch` that keeps track of what it did, so that an error can be told to be before or after sending. */
export function trackFetch(fetch: typeof globalThis.fetch): {
  fetch: typeof globalThis.fetch;
  track: CallTrack;
} {
  const track: CallTrack = { hasStarted: false, status: null, headers: null };
  return {
    track,
    async fetch(input, init) {
      track.hasStarted = true;
      const response = await fetch(input, init);
      track.status = response.status;
      track.headers = response.headers;
      return response;
    },
  };
}
