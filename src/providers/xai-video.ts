import { z } from "zod";
import type { NanoUsd } from "../workflow/money.ts";
import type { ProviderFailure } from "../workflow/ports.ts";
import { picturesOf } from "./input-pictures.ts";
import type { JobState } from "./jobs.ts";
import type { ProviderRequest } from "./provider.ts";
import { numberOf, textOf } from "./request-parameters.ts";
import { unsendable } from "./unsendable.ts";
import type { VendorCall } from "./vendor-call.ts";
import { VendorAnswerError, vendorError } from "./vendor-error.ts";
import { dataUrl, readBytes, readJson } from "./vendor-http.ts";

/** A dollar is 10,000,000,000 ticks. Source: https://docs.x.ai/developers/cost-tracking. */
const TICKS_PER_NANO_USD = 10;

/** What an answer of xAI says of its cost, beside what else it counts. */
export const xaiUsage = z.object({ cost_in_usd_ticks: z.number().min(0).nullish().catch(null) });

/** What the vendor bills for a call; undefined where the answer does not say. Rounded up: never too little. */
export function reportedOf(usage: z.output<typeof xaiUsage> | null | undefined): NanoUsd | undefined {
  const ticks = usage?.cost_in_usd_ticks;
  return typeof ticks === "number" ? Math.ceil(ticks / TICKS_PER_NANO_USD) : undefined;
}

export function keyOf({ apiKey }: VendorCall): Record<string, string> {
  return { authorization: `Bearer ${apiKey}` };
}

const accepted = z.object({ request_id: z.string().min(1) });

const film = z.object({
  status: z.string().nullish(),
  video: z
    .object({
      url: z.string().nullish(),
      duration: z.number().nullish().catch(null),
      respect_moderation: z.boolean().nullish().catch(null),
    })
    .nullish(),
  /** Percent. */
  progress: z.number().min(0).max(100).nullish().catch(null),
  usage: xaiUsage.nullish().catch(null),
  error: z.object({ code: z.unknown().optional(), message: z.string().nullish().catch(null) }).nullish(),
});

/** Source: https://docs.x.ai/developers/model-capabilities/video. */
const MOST_REFERENCES = 7;

/**
 * POST `/videos/generations`: one picture is what the film starts from, several are what it shows.
 * @throws ProviderFailure, unbilled, for more pictures than it takes, or several at 1080p.
 */
export async function startFilm(call: VendorCall, request: ProviderRequest): Promise<string> {
  const pictures = picturesOf(request, MOST_REFERENCES).map((image) => ({ url: dataUrl(image) }));
  if (pictures.length > 1 && textOf(request, "resolution") === "1080p") throw tooFine(request);
  const [first] = pictures;
  const body = {
    model: request.modelId,
    prompt: request.prompt,
    duration: numberOf(request, "duration"),
    aspect_ratio: textOf(request, "aspect_ratio"),
    resolution: textOf(request, "resolution"),
    ...(pictures.length > 1 ? { reference_images: pictures } : { image: first }),
  };
  const { request_id: id } = await readJson(
    call,
    { path: "/videos/generations", headers: keyOf(call), body },
    accepted,
  );
  return id;
}

function tooFine({ modelId, images }: ProviderRequest): ProviderFailure {
  return unsendable({
    what: {
      fr: `${modelId} ne filme en 1080p qu’à partir d’un texte ou d’une seule image, et l’étape lui en donne ${images.length}\u00a0: avec plusieurs, 720p est le maximum.`,
      en: `${modelId} films in 1080p from a text or one picture only, and the step gives it ${images.length}: with several, 720p is the most.`,
    },
    next: {
      fr: "Choisissez 720p, ou ne gardez qu’une référence à une image.",
      en: "Choose 720p, or keep one reference to a picture.",
    },
  });
}

/** GET `/videos/{id}`: while a film is being made, the answer may be empty. */
export async function readFilm(call: VendorCall, jobId: string): Promise<JobState> {
  const path = `/videos/${encodeURIComponent(jobId)}`;
  const { bytes } = await readBytes(call, { path, headers: keyOf(call) });
  const answer = Buffer.from(bytes).toString();
  if (answer.trim() === "") return { state: "running" };
  const { status, video, progress, usage, error } = film.parse(JSON.parse(answer));
  const reportedNanoUsd = reportedOf(usage);
  // Older answers had no status: an address was the sign of the end.
  switch (status ?? (video?.url ? "done" : "pending")) {
    case "done":
      // A film that is held back was made, and is billed.
      if (video?.respect_moderation === false) {
        return { state: "failed", code: "content_refused", message: "", billed: "yes", reportedNanoUsd };
      }
      if (!video?.url) throw new Error("a film that is done has no address");
      return {
        state: "done",
        results: [{ url: video.url }],
        output: {
          files: [],
          usage: typeof video.duration === "number" ? { videoSeconds: video.duration } : {},
          ...(reportedNanoUsd !== undefined && { reportedNanoUsd }),
        },
      };
    case "failed": {
      const failure = new VendorAnswerError({ status: 422, body: JSON.stringify({ error }) });
      const said = vendorError(failure, call.apiKey);
      return {
        state: "failed",
        code: said.isContentRefusal ? "content_refused" : "unavailable",
        message: said.message,
        // Every answer says what was charged for it: one that says nothing was not.
        billed: reportedNanoUsd === undefined || reportedNanoUsd === 0 ? "no" : "yes",
        reportedNanoUsd,
      };
    }
    case "expired":
      return { state: "failed", code: "unavailable", message: "expired", billed: "unknown" };
    default:
      return {
        state: "running",
        progress: typeof progress === "number" ? progress / 100 : undefined,
      };
  }
}
