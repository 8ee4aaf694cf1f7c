import { type ClipReader, openClip } from "./film-clip.ts";
import type { FilmPlan } from "./film-plan.ts";
import { type FilmRequest, Unusable } from "./film-request.ts";
import { makeStill } from "./film-still.ts";
import type { FramePainter } from "./frame-painter.ts";
import { type FrameSize, type Motion, placeOf, type SceneMoment, scenesAt } from "./ken-burns.ts";
import type { YuvPicture } from "./yuv.ts";

export const FRAMES_PER_SECOND = 30;

/** Draws what is seen behind the words. */
export interface ShotPainter {
  /** Frames are drawn in their order, each once. */
  draw(index: number): Promise<void>;
  close(): Promise<void>;
}

type Source = FilmRequest["pictures"][number];

interface Shots {
  pictures: Source[];
  plan: FilmPlan;
  frame: FrameSize;
  painter: FramePainter;
}

/** Two shots at the most are open at once, and the next picture is made ready meanwhile: memory does not grow with the film. */
export function createShotPainter(shots: Shots): ShotPainter {
  const { plan } = shots;
  const starts = plan.shots.map(({ start }) => start);
  const drawStill = stillPainter(shots);
  const clips = new Map<number, ClipReader>();

  const drawClip = async ({ picture: shot, opacity }: SceneMoment, { path }: Source): Promise<void> => {
    try {
      const clip = clips.get(shot) ?? (await openClip(path, shots.frame, FRAMES_PER_SECOND));
      clips.set(shot, clip);
      shots.painter.drawWhole(await clip.next(), opacity);
    } catch (cause) {
      throw unreadable("clip", { shots, shot, cause });
    }
  };

  return {
    async draw(index) {
      const moments = scenesAt(index / FRAMES_PER_SECOND, starts, plan.seconds);
      for (const moment of moments) {
        const source = sourceOf(shots, moment.picture);
        if (source !== undefined) await (source.kind === "image" ? drawStill : drawClip)(moment, source);
      }
      for (const [shot, clip] of clips) {
        if (moments.some(({ picture }) => picture === shot)) continue;
        clips.delete(shot);
        await clip.close();
      }
    },
    async close() {
      for (const clip of clips.values()) await clip.close();
    },
  };
}

function stillPainter(shots: Shots): (moment: SceneMoment, source: Source) => Promise<void> {
  const { frame, painter } = shots;
  const stills = new Map<number, Promise<YuvPicture>>();
  const kept: (number | null)[] = [null, null];

  const stillOf = (shot: number, source: Source): Promise<YuvPicture> => {
    const still =
      stills.get(shot) ??
      makeStill(source.path, frame, motionOf(source)).catch((cause: unknown) => {
        throw unreadable("picture", { shots, shot, cause });
      });
    stills.set(shot, still);
    // It is awaited when its shot comes; until then a failure is nobody's.
    still.catch(() => undefined);
    return still;
  };

  return async ({ picture: shot, progress, opacity }, source) => {
    const slot = shot % 2;
    if (kept[slot] !== shot) {
      painter.keepPicture(slot, await stillOf(shot, source));
      kept[slot] = shot;
      stills.delete(shot);
      const next = sourceOf(shots, shot + 1);
      if (next?.kind === "image") void stillOf(shot + 1, next);
    }
    painter.drawPicture(slot, placeOf({ frame, motion: motionOf(source), picture: shot, progress }), opacity);
  };
}

function sourceOf({ pictures, plan }: Shots, shot: number): Source | undefined {
  return pictures[plan.shots[shot]?.picture ?? -1];
}

function unreadable(
  what: "picture" | "clip",
  { shots, shot, cause }: { shots: Shots; shot: number; cause: unknown },
): Unusable {
  const number = (shots.plan.shots[shot]?.picture ?? 0) + 1;
  return new Unusable({ what, number, why: "unreadable" }, { cause });
}

function motionOf({ hasWordsAtFoot }: Source): Motion {
  return hasWordsAtFoot ? "card" : "drift";
}
