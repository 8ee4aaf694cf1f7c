/** How a picture lies in its frame: how much larger than fitted, and how far off the middle, in pixels of the screen. */
export interface Zoom {
  scale: number;
  x: number;
  y: number;
}

export const FITTED: Zoom = { scale: 1, x: 0, y: 0 };
const MAX_SCALE = 12;

/** Makes the picture larger or smaller, with the point under the pointer, off the middle of the frame, staying there. */
export function zoomAt(zoom: Zoom, factor: number, point: { x: number; y: number }): Zoom {
  const scale = Math.min(MAX_SCALE, Math.max(1, zoom.scale * factor));
  if (scale === 1) {
    return FITTED;
  }
  const ratio = scale / zoom.scale;
  return { scale, x: point.x - (point.x - zoom.x) * ratio, y: point.y - (point.y - zoom.y) * ratio };
}

/** Moves the picture, never further than its edge to the middle of the frame. */
export function moveBy(
  zoom: Zoom,
  by: { x: number; y: number },
  frame: { width: number; height: number },
): Zoom {
  if (zoom.scale === 1) {
    return FITTED;
  }
  return {
    scale: zoom.scale,
    x: within(zoom.x + by.x, (frame.width * zoom.scale) / 2),
    y: within(zoom.y + by.y, (frame.height * zoom.scale) / 2),
  };
}

function within(value: number, most: number): number {
  return Math.min(most, Math.max(-most, value));
}
