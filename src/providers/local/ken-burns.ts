import type { FrameSize } from "./parameters.ts";

/** How long one picture fades into the next. */
const FADE_SECONDS = 0.7;
/** How much closer the end of a motion is. */
const ZOOM = 0.13;

export interface SceneMoment {
  /** Index of the picture. */
  picture: number;
  /** How far its motion has come, 0..1. */
  progress: number;
  opacity: number;
}

/** The pictures to draw at one moment, first the one below. */
export function scenesAt(time: number, count: number, seconds: number): SceneMoment[] {
  const slot = seconds / count;
  const fade = Math.min(FADE_SECONDS, slot / 2);
  const current = Math.min(count - 1, Math.floor(time / slot));
  const into = time - current * slot;
  const progressOf = (picture: number): number => (time - picture * slot) / (slot + fade);
  const moment = { picture: current, progress: progressOf(current), opacity: 1 };
  if (current === 0 || into >= fade) return [moment];
  return [
    { picture: current - 1, progress: progressOf(current - 1), opacity: 1 },
    { ...moment, opacity: eased(into / fade) },
  ];
}

/** The part of a picture to show, in its pixels and fractions of them: it fills the frame and drifts slowly. */
export function placeOf(options: { image: FrameSize; frame: FrameSize; picture: number; progress: number }): {
  x: number;
  y: number;
  width: number;
  height: number;
} {
  const { image, frame, picture } = options;
  const progress = Math.min(1, Math.max(0, options.progress));
  const isMovingIn = picture % 2 === 0;
  const zoom = 1 + ZOOM * (isMovingIn ? progress : 1 - progress) + 0.02;
  const scale = Math.min(image.width / frame.width, image.height / frame.height) / zoom;
  const width = frame.width * scale;
  const height = frame.height * scale;
  const drift = (picture % 3) / 2;
  const across = 0.5 + (drift - 0.5) * 0.5 * (progress - 0.5);
  const down = 0.42 + 0.16 * (isMovingIn ? progress : 1 - progress);
  return { x: (image.width - width) * across, y: (image.height - height) * down, width, height };
}

function eased(share: number): number {
  return 0.5 - 0.5 * Math.cos(Math.PI * Math.min(1, Math.max(0, share)));
}
