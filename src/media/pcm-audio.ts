/** Sound in memory: one array a channel (one or two), values between -1 and 1, all of the same length. */
export interface PcmAudio {
  sampleRate: number;
  channels: Float32Array[];
}

/** Samples of all channels in turn, as codecs take them. */
export function interleaved(audio: PcmAudio, from: number, to: number): Float32Array {
  const count = audio.channels.length;
  const samples = new Float32Array((to - from) * count);
  audio.channels.forEach((channel, channelIndex) => {
    for (let index = from; index < to; index += 1) {
      samples[(index - from) * count + channelIndex] = channel[index] ?? 0;
    }
  });
  return samples;
}
