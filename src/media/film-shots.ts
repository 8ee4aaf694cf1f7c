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

/** Two shots at the most are open at once, and the next picture is made ready meanwhile: memory does not grow with the film. */
export function createShotPainter(options: {
  pictures: Source[];
  plan: FilmPlan;
  frame: FrameSize;
  painter: FramePainter;
}): ShotPainter {
  const { pictures, plan, frame, painter } = options;
  const starts = plan.shots.map(({ start }) => start);
  const stills = new Map<number, Promise<YuvPicture>>();
  const clips = new Map<number, ClipReader>();
  const kept: (number | null)[] = [null, null];
  const unreadable = (what: "picture" | "clip", shot: number, cause: unknown): Unusable =>
    new Unusable({ what, number: (plan.shots[shot]?.picture ?? 0) + 1, why: "unreadable" }, { cause });
  const sourceOf = (shot: number): Source | undefined => pictures[plan.shots[shot]?.picture ?? -1];

  const stillOf = (shot: number): Promise<YuvPicture> | null => {
    const source = sourceOf(shot);
    if (source?.kind !== "image") return null;
    const still =
      stills.get(shot) ??
      makeStill(source.path, frame, motionOf(source)).catch((cause: unknown) => {
        throw unreadable("picture", shot, cause);
      });
    stills.set(shot, still);
    // It is awaited when its shot comes; until then a failure is nobody's.
    still.catch(() => undefined);
    return still;
  };

  const drawStill = async ({ picture: shot, progress, opacity }: SceneMoment, source: Source): Promise<void> => {
    const slot = shot % 2;
    if (kept[slot] !== shot) {
      const still = await stillOf(shot);
      if (still !== null) painter.keepPicture(slot, still);
      kept[slot] = shot;
      stills.delete(shot);
      stillOf(shot + 1)?.catch(() => undefined);
    }
    painter.drawPicture(slot, placeOf({ frame, motion: motionOf(source), picture: shot, progress }), opacity);
  };

  const drawClip = async ({ picture: shot, opacity }: SceneMoment, source: Source): Promise<void> => {
    try {
      const clip = clips.get(shot) ?? (await openClip(source.path, frame, FRAMES_PER_SECOND));
      clips.set(shot, clip);
      painter.drawWhole(await clip.next(), opacity);
    } catch (cause) {
      throw unreadable("clip", shot, cause);
    }
  };

  return {
    async draw(index) {
      const moments = scenesAt(index / FRAMES_PER_SECOND, starts, plan.seconds);
      for (const moment of moments) {
        const source = sourceOf(moment.picture);
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

function motionOf({ hasWordsAtFoot }: Source): Motion {
  return hasWordsAtFoot ? "card" : "drift";
}
