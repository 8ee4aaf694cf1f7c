import {
  AV_CODEC_FLAG_BITEXACT,
  Decoder,
  Encoder,
  FF_ENCODER_AAC,
  FF_ENCODER_LIBX264,
  FilterAPI,
  Muxer,
  type Packet,
  type Stream,
} from "node-av";
import sharp from "sharp";
import { z } from "zod";
import { serveWorker } from "./child-worker.ts";
import { bestFrame, frameAt } from "./film-frame.ts";
import {
  FITS,
  FittingFailure,
  PICTURE_FORMATS,
  type FilmOrder,
  type FittingProblem,
} from "./fitted-media.ts";
import { writePicture } from "./fitted-picture.ts";
import { fittingFilter, openFilm, type OpenFilm } from "./upright-film.ts";

const side = z.int().min(1).max(8_192).nullable();
const common = { source: z.string(), target: z.string(), width: side, height: side, fit: z.enum(FITS) };

const requestSchema = z.discriminatedUnion("act", [
  z.object({ act: z.literal("film"), ...common }),
  z.object({
    act: z.literal("frame"),
    ...common,
    format: z.enum(PICTURE_FORMATS),
    second: z.number().min(0).nullable(),
  }),
]);

/** More frames a second than any player shows; a film that claims more has its own idea of time. */
const MAX_FRAMES_PER_SECOND = 60;
const USUAL_FRAMES_PER_SECOND = 30;

/** Makes a film of another size, or a picture of a film. */
serveWorker(requestSchema, async (request, onProgress): Promise<{ problem: FittingProblem | null }> => {
  try {
    if (request.act === "film") await writeFilm(request, onProgress);
    else await writeFrame(request);
    return { problem: null };
  } catch (error) {
    if (error instanceof FittingFailure) return { problem: error.problem };
    throw error;
  }
});

async function writeFrame({
  source,
  second,
  ...order
}: Extract<z.output<typeof requestSchema>, { act: "frame" }>) {
  const { pixels, width, height } = second === null ? await bestFrame(source) : await frameAt(source, second);
  await writePicture(sharp(pixels, { raw: { width, height, channels: 3 } }), order);
}

/** Takes packets of one stream in their order; null ends it. */
type Track = (packet: Packet | null) => Promise<void>;

async function writeFilm(order: FilmOrder, onProgress: (fraction: number) => void): Promise<void> {
  const film = openFilm(order.source);
  await using demuxer = film.demuxer;
  const muxer = await Muxer.open(order.target, {
    format: "mp4",
    options: { movflags: "+faststart", fflags: "+bitexact" },
  });
  let reached = 0;
  const tracks = new Map<number, Track>();
  const picture = await pictureTrack(muxer, { film, order }, (seconds) => {
    reached = Math.max(reached, seconds);
    onProgress(film.seconds > 0 ? Math.min(1, seconds / film.seconds) : 0);
  });
  tracks.set(film.picture.index, picture);
  const sound = demuxer.audio();
  if (sound && sound.codecpar.channels > 0) tracks.set(sound.index, await soundTrack(muxer, sound));
  try {
    for await (const packet of demuxer.packets()) {
      if (packet === null) break;
      await tracks.get(packet.streamIndex)?.(packet);
      packet.free();
    }
    for (const track of tracks.values()) await track(null);
    await muxer.close();
  } catch (error) {
    throw new FittingFailure("damaged", { cause: error });
  }
  // Half a film is not handed on as if it were all of it.
  if (reached === 0 || reached + 1 < film.seconds) throw new FittingFailure("damaged");
}

async function pictureTrack(
  muxer: Muxer,
  { film, order }: { film: OpenFilm; order: FilmOrder },
  onSecond: (second: number) => void,
): Promise<Track> {
  const rate = paceOf(film.picture);
  const decoder = await Decoder.create(film.picture);
  const filter = FilterAPI.create(
    `fps=${rate},${film.upright}${fittingFilter(film, order)},format=yuv420p,setsar=1`,
  );
  const encoder = await Encoder.create(FF_ENCODER_LIBX264, {
    options: { preset: "veryfast", crf: 20, profile: "high" },
    context: { gopSize: Math.round(rate * 2), threadCount: 2 },
  });
  return encodedTrack(muxer, { decoder, filter, encoder }, onSecond);
}

async function soundTrack(muxer: Muxer, stream: Stream): Promise<Track> {
  const decoder = await Decoder.create(stream);
  const filter = FilterAPI.create("aresample=48000:async=1,aformat=sample_fmts=fltp:channel_layouts=stereo");
  const encoder = await Encoder.create(FF_ENCODER_AAC, { context: { bitRate: 160_000n } });
  return encodedTrack(muxer, { decoder, filter, encoder }, () => undefined);
}

function encodedTrack(
  muxer: Muxer,
  { decoder, filter, encoder }: { decoder: Decoder; filter: FilterAPI; encoder: Encoder },
  onSecond: (second: number) => void,
): Track {
  encoder.setCodecFlags(AV_CODEC_FLAG_BITEXACT);
  const track = muxer.addStream(encoder);
  const encode = async (frame: Parameters<FilterAPI["processAll"]>[0]): Promise<void> => {
    for (const ready of await filter.processAll(frame)) {
      const { num, den } = ready.timeBase;
      onSecond(((Number(ready.pts) + 1) * num) / den);
      for (const packet of await encoder.encodeAll(ready)) {
        await muxer.writePacket(packet, track);
        packet.free();
      }
      ready.free();
    }
  };
  return async (packet) => {
    for (const frame of await decoder.decodeAll(packet)) {
      await encode(frame);
      frame.free();
    }
    if (packet !== null) return;
    await encode(null);
    for (const rest of await encoder.encodeAll(null)) {
      await muxer.writePacket(rest, track);
      rest.free();
    }
    await muxer.writePacket(null, track);
  };
}

function paceOf({ avgFrameRate: { num, den } }: Stream): number {
  const rate = num / den;
  if (!Number.isFinite(rate) || rate < 1) return USUAL_FRAMES_PER_SECOND;
  return Math.min(MAX_FRAMES_PER_SECOND, Math.round(rate * 1_000) / 1_000);
}
