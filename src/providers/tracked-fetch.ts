/** What is known of the HTTP calls behind a provider's call, whatever the SDK made of them. */
export interface CallTrack {
  /** Whether a request was handed to the network. */
  hasStarted: boolean;
  /** The status that was received of the last request; null where no answer arrived. */
  status: number | null;
  /** Whether a request before the last one was answered with 2xx: what the vendor did for it may be billed. */
  hasEarlierSuccess: boolean;
  headers: Headers | null;
}

/**
 * A request that would buy a second time inside one call, and was not sent. SDKs go on by themselves: that of Google sends
 * another one for as long as the vendor says that the text goes on.
 */
export class SecondPurchase extends Error {
  override readonly name = "SecondPurchase";

  constructor() {
    super("A call buys once.");
  }
}

/**
 * A `fetch` that keeps track of what it did, so that an error can be told to be before or after sending. It sends one POST,
 * which is what vendors bill; questions about it are GETs.
 * Some servers answer a request for a stream with the whole at once: `replayWhole` lets the next POST read that answer
 * again, without sending anything; false where there was none.
 * @throws SecondPurchase instead of sending another POST.
 */
export function trackFetch(fetch: typeof globalThis.fetch): {
  fetch: typeof globalThis.fetch;
  track: CallTrack;
  replayWhole: () => boolean;
} {
  const track: CallTrack = { hasStarted: false, status: null, hasEarlierSuccess: false, headers: null };
  let hasPosted = false;
  let whole: { text: string; headers: Headers } | null = null;
  let isReplaying = false;
  return {
    track,
    replayWhole() {
      isReplaying = whole !== null;
      return isReplaying;
    },
    async fetch(input, init) {
      if (isReplaying && whole) return new Response(whole.text, whole);
      const isPost = methodOf(input, init) === "POST";
      if (isPost && hasPosted) throw new SecondPurchase();
      hasPosted ||= isPost;
      track.hasStarted = true;
      track.hasEarlierSuccess ||= track.status !== null && track.status >= 200 && track.status <= 299;
      track.status = null;
      const response = await fetch(input, init);
      track.status = response.status;
      track.headers = response.headers;
      if (!response.ok || !isJson(response) || !asksForStream(input, init)) return response;
      whole = { text: await response.text(), headers: response.headers };
      return new Response(whole.text, whole);
    },
  };
}

function methodOf(input: RequestInfo | URL, init: RequestInit | undefined): string {
  return (init?.method ?? (input instanceof Request ? input.method : "GET")).toUpperCase();
}

function isJson(response: Response): boolean {
  return response.headers.get("content-type")?.startsWith("application/json") === true;
}

function asksForStream(input: RequestInfo | URL, init: RequestInit | undefined): boolean {
  const address = input instanceof Request ? input.url : String(input);
  return (
    address.includes(":streamGenerateContent") ||
    (typeof init?.body === "string" && /"stream":\s*true/.test(init.body))
  );
}
