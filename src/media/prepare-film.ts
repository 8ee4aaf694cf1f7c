import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Film, SOUND_RATE } from "./codec.ts";
import { decodeSound, type DecodedSound } from "./decode-sound.ts";
import { clipSeconds } from "./film-clip.ts";
import { type FilmPlan, planFilm } from "./film-plan.ts";
import { type FilmAnswer, type FilmRequest, Unusable, type UnusableInput } from "./film-request.ts";
import { createShotPainter, FRAMES_PER_SECOND } from "./film-shots.ts";
import { mixedSound } from "./film-sound.ts";
import { isReadablePicture, stillSize } from "./film-still.ts";
import { createWordPainter } from "./film-words.ts";
import { createFramePainter } from "./frame-painter.ts";

// This file loads FFmpeg (a GPL build), so only workers that `runInChild` starts may import it.

/** The longest film: what a machine with two cores makes in about half an hour. */
export const MAX_FILM_SECONDS = 3_600;

/** A film that only has to be encoded. */
export interface PreparedFilm {
  film: Film;
  /** What is said of it once it is made. */
  answer: FilmAnswer;
  /** Closes clips and removes what was needed meanwhile. */
  close(): Promise<void>;
}

/**
 * Listens to what is said, looks at what is to be seen, and plans the film.
 * @throws Unusable where something that was handed over cannot be part of it.
 */
export async function prepareFilm(request: FilmRequest): Promise<PreparedFilm> {
  const sounds = listen(request);
  const pictures = await Promise.all(
    request.pictures.map(async (picture, index) => ({ seconds: await lengthOf(picture, index + 1) })),
  );
  const plan = planFilm({
    texts: request.texts,
    speeches: request.speeches.map((speech, index) => {
      const sound = sounds.speeches[index] ?? null;
      return speech === null || sound === null
        ? null
        : { ...speech, seconds: sound.seconds, heard: sound.heard };
    }),
    pictures,
    seconds: request.seconds,
  });
  return plannedFilm(request, plan, sounds);
}

interface Sounds {
  speeches: (DecodedSound | null)[];
  music: DecodedSound | null;
}

function plannedFilm(request: FilmRequest, plan: FilmPlan, sounds: Sounds): PreparedFilm {
  const frame = { width: request.width, height: request.height };
  const painter = createFramePainter(frame, stillSize(frame, "drift"));
  const words = createWordPainter(request, plan, painter);
  const shots = createShotPainter({ pictures: request.pictures, plan, frame, painter });
  const frameCount = Math.max(1, Math.round(plan.seconds * FRAMES_PER_SECOND));
  const seconds = frameCount / FRAMES_PER_SECOND;
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
    seconds,
  });
  return {
    film: { ...frame, framesPerSecond: FRAMES_PER_SECOND, frameCount, drawFrame, sound },
    answer: { seconds, words: plan.words.flat(), missing: words.missing },
    async close() {
      await shots.close();
      await removeSounds(sounds);
    },
  };
}

/** Decodes all that is to be heard. */
function listen({ speeches, music, folder }: FilmRequest): Sounds {
  const heard: (DecodedSound | null)[] = [];
  for (const [index, speech] of speeches.entries()) {
    const input = { what: "speech", number: index + 1 } as const;
    heard.push(speech && listenTo(speech.path, join(folder, `speech-${index}.f32`), input));
  }
  const below = { what: "music", number: 1 } as const;
  return {
    speeches: heard,
    music: music === null ? null : listenTo(music, join(folder, "music.f32"), below),
  };
}

function listenTo(path: string, target: string, input: Pick<UnusableInput, "what" | "number">): DecodedSound {
  let sound: DecodedSound | null;
  try {
    sound = decodeSound(path, target, MAX_FILM_SECONDS);
  } catch (cause) {
    throw new Unusable({ ...input, why: "unreadable" }, { cause });
  }
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
  const files = [...speeches, music].flatMap((sound) => (sound === null ? [] : [sound.path]));
  await Promise.all(files.map((path) => rm(path, { force: true })));
}
