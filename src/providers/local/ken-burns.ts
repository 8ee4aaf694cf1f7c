import { clamp, type FrameSize } from "./parameters.ts";

/** How long one picture fades into the next. */
const FADE_SECONDS = 0.7;
/** How much closer the end of a motion is. */
const ZOOM = 0.13;
/** The same for a card, whose words are not to be cut. */
const CARD_ZOOM = 0.04;
/** How much of the height of a card may lie outside the frame: its sky, since the words stand at its foot. */
const MAX_CARD_LOSS = 0.2;

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

/** Where a picture lies in the frame, in pixels and fractions of them; parts of it may lie outside. */
export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Motion {
  image: FrameSize;
  frame: FrameSize;
  /** Index of the picture: they move in turn in and out. */
  picture: number;
  /** 0..1. */
  progress: number;
}

/** Where to draw a picture: it fills the frame and drifts slowly. */
export function placeOf({ image, frame, picture, progress }: Motion): Place {
  const share = clamp(progress, 0, 1);
  const isMovingIn = picture % 2 === 0;
  const zoom = 1 + ZOOM * (isMovingIn ? share : 1 - share) + 0.02;
  const { width, height } = scaled(image, zoom * Math.max(...scalesOf(image, frame)));
  const drift = (picture % 3) / 2;
  const across = 0.5 + (drift - 0.5) * 0.5 * (share - 0.5);
  const down = 0.42 + 0.16 * (isMovingIn ? share : 1 - share);
  return { x: (frame.width - width) * across, y: (frame.height - height) * down, width, height };
}

/**
 * Where to draw a picture that has words at its foot: its foot stays in the frame, and its sides but for a hair. Where its
 * shape is far from that of the frame, it does not fill the frame.
 */
export function cardPlaceOf({ image, frame, picture, progress }: Motion): Place {
  const share = clamp(progress, 0, 1);
  const zoom = 1 + CARD_ZOOM * (picture % 2 === 0 ? share : 1 - share);
  const [byWidth, byHeight] = scalesOf(image, frame);
  const loss = 1 - byHeight / byWidth;
  const { width, height } = scaled(
    image,
    zoom * (loss <= MAX_CARD_LOSS ? byWidth : Math.min(byWidth, byHeight)),
  );
  const below = Math.max(0, (frame.height - height) / 2);
  return { x: (frame.width - width) / 2, y: frame.height - below - height, width, height };
}

/** The scales at which a picture is as wide, and as tall, as the frame. */
function scalesOf(image: FrameSize, frame: FrameSize): [byWidth: number, byHeight: number] {
  return [frame.width / image.width, frame.height / image.height];
}

function scaled(image: FrameSize, scale: number): FrameSize {
  return { width: image.width * scale, height: image.height * scale };
}

function eased(share: number): number {
  return 0.5 - 0.5 * Math.cos(Math.PI * clamp(share, 0, 1));
}
