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

const SAMPLES_A_PIECE = 16_384;

/** The sound, piece by piece, left and right in turn; one channel becomes both. */
export function* stereoPieces(audio: PcmAudio): Generator<Float32Array> {
  const [left = new Float32Array(), right = left] = audio.channels;
  for (let from = 0; from < left.length; from += SAMPLES_A_PIECE) {
    yield interleaved(
      { ...audio, channels: [left, right] },
      from,
      Math.min(left.length, from + SAMPLES_A_PIECE),
    );
  }
}
