import { rm } from "node:fs/promises";
import { join } from "node:path";
import { AV_LOG_FATAL, Log } from "node-av";
import { serveWorker } from "./child-worker.ts";
import { SOUND_RATE, writeMp4 } from "./codec.ts";
import { decodeSound, type DecodedSound } from "./decode-sound.ts";
import { clipSeconds } from "./film-clip.ts";
import { type FilmPlan, planFilm } from "./film-plan.ts";
import { type FilmAnswer, type FilmRequest, filmRequestSchema, Unusable, type UnusableInput } from "./film-request.ts";
import { createShotPainter, FRAMES_PER_SECOND } from "./film-shots.ts";
import { mixedSound } from "./film-sound.ts";
import { isReadablePicture, stillSize } from "./film-still.ts";
import { createWordPainter } from "./film-words.ts";
import { createFramePainter } from "./frame-painter.ts";

/** The longest film: what a machine with two cores makes in about a quarter of an hour. */
const MAX_FILM_SECONDS = 3_600;
/** Of the work, how much is listening to what is said. */
const LISTENING_SHARE = 0.05;

/** Makes a film of pictures, clips, voices and music: MP4 out. */
serveWorker(filmRequestSchema, async (request, onProgress): Promise<FilmAnswer> => {
  Log.setLevel(AV_LOG_FATAL);
  try {
    return await makeFilm(request, onProgress);
  } catch (error) {
    if (error instanceof Unusable) return { unusable: error.input };
    throw error;
  }
});

async function makeFilm(request: FilmRequest, onProgress: (fraction: number) => void): Promise<FilmAnswer> {
  const sounds = await listen(request);
  const pictures = await Promise.all(
    request.pictures.map(async (picture, index) => ({ seconds: await lengthOf(picture, index + 1) })),
  );
  const plan = planFilm({
    texts: request.texts,
    speeches: request.speeches.map((speech, index) => {
      const sound = sounds.speeches[index] ?? null;
      return speech === null || sound === null ? null : { ...speech, seconds: sound.seconds, heard: sound.heard };
    }),
    pictures,
    seconds: request.seconds,
  });
  if (plan.seconds > MAX_FILM_SECONDS) return { tooLong: plan.seconds };
  onProgress(LISTENING_SHARE);
  const report = (fraction: number): void => onProgress(LISTENING_SHARE + fraction * (1 - LISTENING_SHARE));
  return await film({ request, plan, sounds }, report);
}

interface Sounds {
  speeches: (DecodedSound | null)[];
  music: DecodedSound | null;
}

async function film(
  { request, plan, sounds }: { request: FilmRequest; plan: FilmPlan; sounds: Sounds },
  onProgress: (fraction: number) => void,
): Promise<FilmAnswer> {
  const frame = { width: request.width, height: request.height };
  const painter = createFramePainter(frame, stillSize(frame, "drift"));
  const words = createWordPainter(request, plan, painter);
  const shots = createShotPainter({ pictures: request.pictures, plan, frame, painter });
  const frameCount = Math.max(1, Math.round(plan.seconds * FRAMES_PER_SECOND));
  const drawFrame = async (index: number): Promise<Uint8Array> => {
    await shots.draw(index);
    words.draw(index);
    return painter.frame;
  };
  const sound = mixedSound({
    speeches: plan.speechStarts.flatMap(({ speech, start }) => {
      const heard = sounds.speeches[speech] ?? null;
      return heard === null ? [] : [{ sound: heard, start }];
    }),
    music: sounds.music,
    musicVolume: request.musicVolume,
    seconds: frameCount / FRAMES_PER_SECOND,
  });
  await writeMp4(request.path, { ...frame, framesPerSecond: FRAMES_PER_SECOND, frameCount, drawFrame, sound }, onProgress);
  await shots.close();
  await removeSounds(sounds);
  return { seconds: frameCount / FRAMES_PER_SECOND, words: plan.words.flat(), missing: words.missing };
}

/** Decodes all that is to be heard. */
async function listen({ speeches, music, folder }: FilmRequest): Promise<Sounds> {
  const heard: (DecodedSound | null)[] = [];
  for (const [index, speech] of speeches.entries()) {
    const input = { what: "speech", number: index + 1 } as const;
    heard.push(speech && (await listenTo(speech.path, join(folder, `speech-${index}.f32`), input)));
  }
  const below = { what: "music", number: 1 } as const;
  return { speeches: heard, music: music === null ? null : await listenTo(music, join(folder, "music.f32"), below) };
}

async function listenTo(
  path: string,
  target: string,
  input: Pick<UnusableInput, "what" | "number">,
): Promise<DecodedSound> {
  const sound = await decodeSound(path, target, MAX_FILM_SECONDS).catch(() => {
    throw new Unusable({ ...input, why: "unreadable" });
  });
  if (sound === null || sound.seconds * SOUND_RATE < 1) throw new Unusable({ ...input, why: "silent" });
  return sound;
}

/** How long a clip is; null for an image. What cannot be shown is found before the work begins. */
async function lengthOf(
  { path, kind }: FilmRequest["pictures"][number],
  number: number,
): Promise<number | null> {
  if (kind === "video") {
    return await clipSeconds(path).catch(() => {
      throw new Unusable({ what: "clip", number, why: "unreadable" });
    });
  }
  const state = await isReadablePicture(path);
  if (state !== "readable") throw new Unusable({ what: "picture", number, why: state });
  return null;
}

async function removeSounds({ speeches, music }: Sounds): Promise<void> {
  await Promise.all([...speeches, music].map((sound) => sound && rm(sound.path, { force: true })));
}
