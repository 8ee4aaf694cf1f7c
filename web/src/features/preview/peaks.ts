/** Longer sounds have no waveform: decoded they would fill the memory of a phone. */
const MAX_SECONDS = 20 * 60;
const MAX_BYTES = 40_000_000;
/** The least at which every browser decodes; a waveform needs no more. */
const SAMPLE_RATE = 8_000;
/** Every so many samples one is looked at: enough for a shape. */
const STRIDE = 4;

/** Whether a sound is short enough to be drawn. */
export function canDrawWave({ bytes, seconds }: { bytes: number; seconds: number }): boolean {
  return bytes <= MAX_BYTES && seconds > 0 && seconds <= MAX_SECONDS;
}

/** How loud a stored sound is in `count` parts of equal length, from 0 to 1, the loudest 1. */
export async function readPeaks(url: string, count: number, signal: AbortSignal): Promise<number[]> {
  const response = await fetch(url, { signal });
  const context = new OfflineAudioContext(1, 1, SAMPLE_RATE);
  const sound = await context.decodeAudioData(await response.arrayBuffer());
  return peaksOf(sound.getChannelData(0), count);
}

export function peaksOf(samples: Float32Array, count: number): number[] {
  const length = samples.length / count;
  const peaks = Array.from({ length: count }, (_, part) => {
    let peak = 0;
    const end = Math.floor((part + 1) * length);
    for (let at = Math.floor(part * length); at < end; at += STRIDE) {
      peak = Math.max(peak, Math.abs(samples[at] ?? 0));
    }
    return peak;
  });
  const most = Math.max(...peaks);
  return most === 0 ? peaks : peaks.map((peak) => peak / most);
}
