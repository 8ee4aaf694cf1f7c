/** Schroeder's reverberation: four combs side by side, then two all-passes, in place. */
const COMBS = [
  [1_557, 0.8],
  [1_617, 0.79],
  [1_491, 0.81],
  [1_422, 0.82],
] as const;
const ALL_PASSES = [225, 556] as const;

interface Delay {
  buffer: Float32Array;
  at: number;
  gain: number;
  /** What a comb remembers of the sample before, to take off the highs. */
  damped: number;
}

/** @param spread samples added to every delay, so that left and right differ. */
export function reverberate(samples: Float32Array, spread: number): void {
  const combs = COMBS.map(([delay, gain]) => newDelay(delay + spread, gain));
  const allPasses = ALL_PASSES.map((delay) => newDelay(delay + spread, 0.5));
  for (let index = 0; index < samples.length; index += 1) {
    const input = samples[index] ?? 0;
    let output = 0;
    for (const comb of combs) output += throughComb(comb, input) * 0.25;
    for (const allPass of allPasses) output = throughAllPass(allPass, output);
    samples[index] = output;
  }
}

function newDelay(length: number, gain: number): Delay {
  return { buffer: new Float32Array(length), at: 0, gain, damped: 0 };
}

function throughComb(comb: Delay, input: number): number {
  const delayed = comb.buffer[comb.at] ?? 0;
  comb.damped = delayed * 0.75 + comb.damped * 0.25;
  comb.buffer[comb.at] = input + comb.damped * comb.gain;
  comb.at = comb.at + 1 === comb.buffer.length ? 0 : comb.at + 1;
  return delayed;
}

function throughAllPass(allPass: Delay, input: number): number {
  const delayed = allPass.buffer[allPass.at] ?? 0;
  const fed = input + delayed * allPass.gain;
  allPass.buffer[allPass.at] = fed;
  allPass.at = allPass.at + 1 === allPass.buffer.length ? 0 : allPass.at + 1;
  return delayed - fed * allPass.gain;
}
