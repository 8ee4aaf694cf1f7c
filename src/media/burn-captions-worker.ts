import {
  AV_CODEC_FLAG_BITEXACT,
  AV_CODEC_ID_AAC,
  AV_CODEC_ID_AC3,
  AV_CODEC_ID_EAC3,
  AV_CODEC_ID_MP3,
  AV_CODEC_ID_OPUS,
  AV_DISPOSITION_ATTACHED_PIC,
  AV_LOG_FATAL,
  AVMEDIA_TYPE_VIDEO,
  Decoder,
  Demuxer,
  Encoder,
  FF_ENCODER_AAC,
  FF_ENCODER_LIBX264,
  FilterAPI,
  type Frame,
  Log,
  Muxer,
  type Packet,
  type Stream,
} from "node-av";
import { type Burnt, type BurnRequest, burnRequestSchema } from "./burn-captions.ts";
import { type CaptionOverlay, layOver, overlayOf } from "./caption-overlay.ts";
import type { Caption } from "./captions.ts";
import { serveWorker } from "./child-worker.ts";
import { drawCaption, loadCaptionFonts } from "./draw-caption.ts";
import { UNTRUSTED_INPUT } from "./untrusted-input.ts";

const MAX_PIXELS = 4_096 * 4_096;
const COPIED_SOUND = new Set<number>([
  AV_CODEC_ID_AAC,
  AV_CODEC_ID_MP3,
  AV_CODEC_ID_AC3,
  AV_CODEC_ID_EAC3,
  AV_CODEC_ID_OPUS,
]);

/** A film that ends so much before its own claim was cut off. */
const MISSING_SECONDS = 0.5;

const TURNS: Record<BurnRequest["rotation"], string> = {
  0: "",
  90: "transpose=clock,",
  180: "hflip,vflip,",
  270: "transpose=cclock,",
};

/** Where a track of the film goes: each packet of it, and null at its end. */
type Track = (packet: Packet | null) => Promise<void>;

serveWorker(burnRequestSchema, async (request, onProgress): Promise<Burnt> => {
  Log.setLevel(AV_LOG_FATAL);
  const demuxer = openFilm(request.from);
  if (!demuxer) return { problem: "unreadable" };
  const picture = demuxer.streams.find(isMoving);
  if (!picture) return { problem: "no_picture" };
  const { width, height } = picture.codecpar;
  if (width * height > MAX_PIXELS) return { problem: "too_large" };
  loadCaptionFonts();
  const muxer = await Muxer.open(request.to, {
    format: "mp4",
    options: { movflags: "+faststart", fflags: "+bitexact" },
  });
  let frameCount = 0;
  let reachedSeconds = 0;
  const tracks = new Map<number, Track>();
  const turn = TURNS[request.rotation];
  const burn = await pictureTrack(muxer, picture, {
    turn,
    captions: request.captions,
    onFrame(untilSeconds) {
      frameCount += 1;
      reachedSeconds = Math.max(reachedSeconds, untilSeconds);
      onProgress(untilSeconds / Math.max(demuxer.duration, 1));
    },
  });
  tracks.set(picture.index, burn);
  const sound = demuxer.audio();
  if (sound) tracks.set(sound.index, await soundTrack(muxer, sound));
  try {
    for await (const packet of demuxer.packets()) {
      if (packet === null) break;
      await tracks.get(packet.streamIndex)?.(packet);
      packet.free();
    }
    for (const track of tracks.values()) await track(null);
  } catch {
    return { problem: "damaged" };
  }
  const isCut = reachedSeconds + MISSING_SECONDS < secondsOf(picture);
  if (frameCount === 0 || isCut) return { problem: "damaged" };
  await muxer.close();
  return { frameCount };
});

function openFilm(path: string): Demuxer | null {
  try {
    return Demuxer.openSync(path, { options: UNTRUSTED_INPUT });
  } catch {
    return null;
  }
}

/** The cover of a song is no film. */
function isMoving(stream: Stream): boolean {
  return (
    stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO && !stream.hasDisposition(AV_DISPOSITION_ATTACHED_PIC)
  );
}

/** How long the file says that its pictures last; 0 where it says nothing. */
function secondsOf({ duration, timeBase }: Stream): number {
  return duration > 0n ? (Number(duration) * timeBase.num) / timeBase.den : 0;
}

/** Decodes pictures, draws captions into them and encodes them again, at their times. */
async function pictureTrack(
  muxer: Muxer,
  stream: Stream,
  {
    turn,
    captions,
    onFrame,
  }: { turn: string; captions: readonly Caption[]; onFrame: (untilSeconds: number) => void },
): Promise<Track> {
  const decoder = await Decoder.create(stream);
  const filter = FilterAPI.create(
    `${turn}scale=w=trunc(iw/2)*2:h=trunc(ih/2)*2:flags=bicubic,format=yuv420p,setsar=1`,
  );
  const encoder = await Encoder.create(FF_ENCODER_LIBX264, {
    options: { preset: "veryfast", crf: 19, profile: "high" },
    context: { gopSize: 60, threadCount: 2 },
  });
  encoder.setCodecFlags(AV_CODEC_FLAG_BITEXACT);
  const track = muxer.addStream(encoder);
  const overlays = captionAt(captions);
  const write = async (packets: Packet[]): Promise<void> => {
    for (const packet of packets) {
      await muxer.writePacket(packet, track);
      packet.free();
    }
  };
  const encode = async (frames: Frame[]): Promise<void> => {
    for (const frame of frames) {
      const { num, den } = frame.timeBase;
      const seconds = (Number(frame.pts) * num) / den;
      const overlay = overlays(seconds, frame);
      if (overlay) {
        frame.makeWritable();
        layOver(overlay, frame.data ?? [], frame.linesize);
      }
      const untilSeconds = seconds + (Number(frame.duration) * num) / den;
      await write(await encoder.encodeAll(frame));
      frame.free();
      onFrame(untilSeconds);
    }
  };
  return async (packet) => {
    const decoded = await decoder.decodeAll(packet);
    for (const frame of decoded) {
      await encode(await filter.processAll(frame));
      frame.free();
    }
    if (packet !== null) return;
    await encode(await filter.processAll(null));
    await write(await encoder.encodeAll(null));
    await muxer.writePacket(null, track);
  };
}

/** What lies over the picture at a time; times only go on. One caption is drawn at a time, when it is first shown. */
function captionAt(
  captions: readonly Caption[],
): (seconds: number, frame: { width: number; height: number }) => CaptionOverlay | null {
  let next = 0;
  let shown: { caption: Caption; overlay: CaptionOverlay } | null = null;
  return (seconds, { width, height }) => {
    while ((captions[next]?.end ?? Infinity) <= seconds) next += 1;
    const caption = captions[next];
    if (!caption || caption.start > seconds) return null;
    if (shown?.caption !== caption) {
      shown = { caption, overlay: overlayOf(drawCaption(caption.lines, { width, height })) };
    }
    return shown.overlay;
  };
}

async function soundTrack(muxer: Muxer, stream: Stream): Promise<Track> {
  if (COPIED_SOUND.has(stream.codecpar.codecId)) {
    const track = muxer.addStream(stream);
    return (packet) => muxer.writePacket(packet, track);
  }
  const decoder = await Decoder.create(stream);
  const filter = FilterAPI.create("aresample=48000,aformat=sample_fmts=fltp:channel_layouts=stereo");
  const encoder = await Encoder.create(FF_ENCODER_AAC, { context: { bitRate: 160_000n } });
  encoder.setCodecFlags(AV_CODEC_FLAG_BITEXACT);
  const track = muxer.addStream(encoder);
  const write = async (packets: Packet[]): Promise<void> => {
    for (const packet of packets) {
      await muxer.writePacket(packet, track);
      packet.free();
    }
  };
  const encode = async (frames: Frame[]): Promise<void> => {
    for (const frame of frames) {
      await write(await encoder.encodeAll(frame));
      frame.free();
    }
  };
  return async (packet) => {
    for (const frame of await decoder.decodeAll(packet)) {
      await encode(await filter.processAll(frame));
      frame.free();
    }
    if (packet !== null) return;
    await encode(await filter.processAll(null));
    await write(await encoder.encodeAll(null));
    await muxer.writePacket(null, track);
  };
}
