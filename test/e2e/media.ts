import type { Locator } from "playwright-core";

/** Waits until a picture is decoded, and gives its own size. */
export function pictureSize(picture: Locator): Promise<{ width: number; height: number }> {
  return picture.evaluate(async (element: HTMLImageElement) => {
    await element.decode();
    return { width: element.naturalWidth, height: element.naturalHeight };
  });
}

/** What the player says of a sound, and what the browser really decodes of it. */
export function soundOf(player: Locator): Promise<{ seconds: number; decodedSeconds: number; peak: number }> {
  return player.evaluate(async (element: HTMLAudioElement) => {
    if (element.readyState === 0) {
      await new Promise((resolve) => element.addEventListener("loadedmetadata", resolve, { once: true }));
    }
    const file = await fetch(element.src);
    const decoded = await new OfflineAudioContext(1, 1, 44_100).decodeAudioData(await file.arrayBuffer());
    const peak = decoded.getChannelData(0).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    return { seconds: element.duration, decodedSeconds: decoded.duration, peak };
  });
}

/** Plays a film until its first picture is on the screen. */
export function filmOf(player: Locator): Promise<{ seconds: number; width: number; height: number }> {
  return player.evaluate(async (element: HTMLVideoElement) => {
    element.muted = true;
    const shown = new Promise((resolve) => element.requestVideoFrameCallback(resolve));
    await element.play();
    await shown;
    element.pause();
    return { seconds: element.duration, width: element.videoWidth, height: element.videoHeight };
  });
}
