import { AV_LOG_FATAL, Decoder, Demuxer, FilterAPI, Log } from "node-av";
import { z } from "zod";
import { serveWorker } from "./child-worker.ts";
import { writeMp4 } from "./codec.ts";

const requestSchema = z.object({ act: z.enum(["film", "look"]), path: z.string() });

const SIZE = { width: 320, height: 180 };
const SECONDS = 2;
const GRAY = 90;

/** Makes a gray film with a tone, or says what is in one. */
serveWorker(requestSchema, async ({ act, path }) => (act === "film" ? makeFilm(path) : lookAt(path)));

async function makeFilm(path: string) {
  const pixels = new Uint8Array(SIZE.width * SIZE.height * 4).fill(GRAY);
  const tone = Float32Array.from({ length: 48_000 * SECONDS }, (_, index) => 0.2 * Math.sin(index / 20));
  const film = { ...SIZE, framesPerSecond: 10, frameCount: 10 * SECONDS, drawFrame: () => pixels };
  await writeMp4(path, { ...film, audio: { sampleRate: 48_000, channels: [tone] } }, () => {});
  return null;
}

/** Of each picture, the brightest and the mean light; of the sound, all of its bytes. */
async function lookAt(path: string) {
  Log.setLevel(AV_LOG_FATAL);
  const demuxer = await Demuxer.open(path);
  const video = demuxer.video();
  const audio = demuxer.audio();
  if (!video) throw new Error("no pictures");
  const decoder = await Decoder.create(video);
  const gray = FilterAPI.create("format=gray");
  const frames: { seconds: number; brightest: number; darkest: number }[] = [];
  const sound: Buffer[] = [];
  const take = async (packet: Parameters<Decoder["decodeAll"]>[0]): Promise<void> => {
    for (const decoded of await decoder.decodeAll(packet)) {
      for (const frame of await gray.processAll(decoded)) {
        const light = frame.toBuffer();
        const seconds = (Number(frame.pts) * frame.timeBase.num) / frame.timeBase.den;
        frames.push({ seconds, brightest: Math.max(...light), darkest: Math.min(...light) });
      }
    }
  };
  for await (const packet of demuxer.packets()) {
    if (packet === null) break;
    if (packet.streamIndex === video.index) await take(packet);
    else if (packet.streamIndex === audio?.index && packet.data) sound.push(Buffer.from(packet.data));
  }
  await take(null);
  return {
    frames,
    sound: Buffer.concat(sound).toString("base64"),
    soundCodec: audio?.codecpar.codecId ?? null,
  };
}
