import type { Outbound } from "../net/outbound.ts";
import { writeText, type SdkOptions } from "./ai-sdk.ts";
import { providerFacts } from "./catalogue-data.ts";
import { drawPicture, speakText } from "./google-content.ts";
import { cancelFilm, readFilm, startFilm } from "./google-video.ts";
import { createJobs } from "./jobs.ts";
import type { Provider, ProviderContext, ProviderOutput, ProviderRequest } from "./provider.ts";
import { textOf } from "./request-parameters.ts";
import { callForOutput, type VendorCall } from "./vendor-call.ts";
import { pathOfModel } from "./vendor-http.ts";

/**
 * Google's Gemini API: text by `:streamGenerateContent`, pictures and voices by `:generateContent`, films as jobs by
 * `/interactions` (Gemini Omni) or `:predictLongRunning` (Veo). Source: https://ai.google.dev/api.
 */
export function createGoogleProvider(outbound: Outbound): Provider {
  const facts = providerFacts("google");
  const films = createJobs(
    {
      facts,
      pollAfterMs: 5_000,
      submit: (call, request) => startFilm(withLimitsTold(call), request),
      read: readFilm,
      cancel: cancelFilm,
    },
    outbound,
  );
  return {
    ...films,
    id: facts.id,
    name: facts.name,
    submit: (request, context) =>
      request.modality === "video"
        ? films.submit(request, context)
        : callForOutput({ facts, outbound, context }, (call) =>
            answerAtOnce(withLimitsTold(call), request, context),
          ),
  };
}

function answerAtOnce(
  call: VendorCall,
  request: ProviderRequest,
  context: ProviderContext,
): Promise<ProviderOutput> {
  switch (request.modality) {
    case "text":
      return write(call, request, context);
    case "image":
      return drawPicture(call, request);
    case "speech":
      return speakText(call, request);
    case "video":
    case "music":
    case "sound":
    case "transcript":
    case "document":
    default:
      throw new Error(`Google makes no ${request.modality} here`);
  }
}

async function write(
  call: VendorCall,
  request: ProviderRequest,
  context: ProviderContext,
): Promise<ProviderOutput> {
  const { createGoogle } = await import("@ai-sdk/google");
  const google = createGoogle({
    apiKey: call.apiKey,
    baseURL: call.baseUrl,
    fetch: withLevelInCapitals(call.fetch),
  });
  const thinkingLevel = textOf(request, "reasoning_effort");
  const sdkOptions: SdkOptions =
    thinkingLevel === undefined ? {} : { google: { thinkingConfig: { thinkingLevel } } };
  return writeText({ model: google(pathOfModel(request.modelId)), request, context, call, sdkOptions });
}

/** The API's description knows thinking levels in capitals only; the SDK takes and sends them in small letters. */
function withLevelInCapitals(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return (input, init) => {
    if (typeof init?.body !== "string") return fetch(input, init);
    // Inside a text, quotes are escaped: only the field itself looks like this.
    const body = init.body.replace(
      /"thinkingLevel":"(\w+)"/,
      (_field, level: string) => `"thinkingLevel":"${level.toUpperCase()}"`,
    );
    return fetch(input, { ...init, body });
  };
}

/**
 * Google says "exceeded your current quota" of a minute's limit, too, where waiting helps; only the name of the quota
 * tells. Those words are taken out of such an answer. Source: https://ai.google.dev/gemini-api/docs/rate-limits.
 */
function withLimitsTold(call: VendorCall): VendorCall {
  return {
    ...call,
    // A spread would read it once, before there is an answer.
    get headers() {
      return call.headers;
    },
    async fetch(input, init) {
      const response = await call.fetch(input, init);
      if (response.status !== 429) return response;
      const body = await response.text();
      const passesSoon = /"quotaId":\s*"\w*PerMinute/.test(body) && !/"quotaId":\s*"\w*PerDay/.test(body);
      const told = passesSoon ? body.replace(/You exceeded your current quota[^.]*\.\s*/g, "") : body;
      return new Response(told, { status: response.status, headers: response.headers });
    },
  };
}
