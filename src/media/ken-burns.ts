/** Pixels. */
export interface FrameSize {
  width: number;
  height: number;
}

/** How long one picture fades into the next. */
const FADE_SECONDS = 0.7;
/** How much closer the end of a motion is. */
const ZOOM = 0.13;
/** A frame is never filled to its very edge, so that a drift shows no border. */
const MARGIN = 0.02;
/** The same for a card, whose words are not to be cut. */
const CARD_ZOOM = 0.04;
/** How much of the height of a card may lie outside the frame: its sky, since the words stand at its foot. */
const MAX_CARD_LOSS = 0.2;
/** A picture of another shape is cut by as much at most; where more would go, it is shown whole before a blur of itself. */
const MAX_PICTURE_LOSS = 0.5;

/** `drift`: closer and across; `card`: closer by a hair, its foot and its sides in the frame. */
export type Motion = "drift" | "card";

/** How much larger than the frame a picture is at the most, so that it is sharp there too. */
export const REACH: Record<Motion, number> = { drift: 1 + ZOOM + MARGIN, card: 1 + CARD_ZOOM };

export interface SceneMoment {
  /** Index of the picture. */
  picture: number;
  /** How far its motion has come, 0..1. */
  progress: number;
  opacity: number;
}

/**
 * The pictures to draw at one moment, first the one below.
 * @param starts when each picture comes, in seconds, from 0.
 * @param seconds of all of them.
 */
export function scenesAt(time: number, starts: readonly number[], seconds: number): SceneMoment[] {
  const current = Math.max(
    0,
    starts.findLastIndex((start) => start <= time),
  );
  const startOf = (picture: number): number => starts[picture] ?? seconds;
  const fadeOf = (picture: number): number =>
    Math.min(FADE_SECONDS, (startOf(picture + 1) - startOf(picture)) / 2);
  const progressOf = (picture: number): number => {
    const shown = startOf(picture + 1) - startOf(picture) + fadeOf(picture + 1);
    return shown > 0 ? (time - startOf(picture)) / shown : 0;
  };
  const into = time - startOf(current);
  const moment = { picture: current, progress: progressOf(current), opacity: 1 };
  const fade = fadeOf(current);
  if (current === 0 || into >= fade) return [moment];
  return [
    { picture: current - 1, progress: progressOf(current - 1), opacity: 1 },
    { ...moment, opacity: eased(into / fade) },
  ];
}

/** When each of so many pictures comes that share the time evenly. */
export function evenStarts(count: number, seconds: number): number[] {
  return Array.from({ length: count }, (_, index) => (index * seconds) / count);
}

/** Where a picture lies in the frame, in pixels and fractions of them; parts of it may lie outside. */
export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * Where to draw a picture that has the shape of the frame: it fills the frame and moves slowly.
 * @param picture its index: they move in turn in and out.
 * @param progress 0..1.
 */
export function placeOf(moment: {
  frame: FrameSize;
  motion: Motion;
  picture: number;
  progress: number;
}): Place {
  const { frame, motion, picture } = moment;
  const share = clamp(moment.progress, 0, 1);
  const nearness = picture % 2 === 0 ? share : 1 - share;
  if (motion === "card") {
    const { width, height } = scaled(frame, 1 + CARD_ZOOM * nearness);
    return { x: (frame.width - width) / 2, y: frame.height - height, width, height };
  }
  const { width, height } = scaled(frame, 1 + ZOOM * nearness + MARGIN);
  const drift = (picture % 3) / 2;
  const across = 0.5 + (drift - 0.5) * 0.5 * (share - 0.5);
  const down = 0.42 + 0.16 * nearness;
  return { x: (frame.width - width) * across, y: (frame.height - height) * down, width, height };
}

/** Where in a frame a picture of any shape lies before it moves; `isBackdropSeen` where it does not fill the frame. */
export function fittedPlace(
  image: FrameSize,
  frame: FrameSize,
  motion: Motion,
): Place & { isBackdropSeen: boolean } {
  const byWidth = frame.width / image.width;
  const byHeight = frame.height / image.height;
  if (motion === "card") return cardPlace(image, frame, [byWidth, byHeight]);
  const loss = 1 - Math.min(byWidth, byHeight) / Math.max(byWidth, byHeight);
  const isBackdropSeen = loss > MAX_PICTURE_LOSS;
  const scale = isBackdropSeen ? Math.min(byWidth, byHeight) : Math.max(byWidth, byHeight);
  const { width, height } = scaled(image, scale);
  return { x: (frame.width - width) / 2, y: (frame.height - height) / 2, width, height, isBackdropSeen };
}

/** Its foot stays in the frame, and its sides. Where its shape is far from that of the frame, it does not fill the frame. */
function cardPlace(
  image: FrameSize,
  frame: FrameSize,
  [byWidth, byHeight]: [number, number],
): Place & { isBackdropSeen: boolean } {
  const loss = 1 - byHeight / byWidth;
  const { width, height } = scaled(image, loss <= MAX_CARD_LOSS ? byWidth : Math.min(byWidth, byHeight));
  const below = Math.max(0, (frame.height - height) / 2);
  const isBackdropSeen = width < frame.width || height < frame.height;
  return { x: (frame.width - width) / 2, y: frame.height - below - height, width, height, isBackdropSeen };
}

function scaled(size: FrameSize, scale: number): FrameSize {
  return { width: size.width * scale, height: size.height * scale };
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}

function eased(share: number): number {
  return 0.5 - 0.5 * Math.cos(Math.PI * clamp(share, 0, 1));
}
