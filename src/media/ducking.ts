/** What is heard above and below, in the same block: one array a channel each. */
interface Buses {
  lead: Float32Array[];
  bed: Float32Array[];
}

/** The level of the lead is looked at so often. */
const WINDOWS_A_SECOND = 100;
/** Speech is louder than this (RMS of a window), its pauses are not. */
const THRESHOLD = 10 ** (-42 / 20);
/** The bed stays down between words. */
const HOLD_WINDOWS = 45;
/** Time constants: down before the first word is over, up without being noticed. */
const ATTACK_SECONDS = 0.05;
const RELEASE_SECONDS = 0.35;

/**
 * Mixes both buses, the bed lowered by `duckingDb` while the lead is heard. It looks one block ahead, so that the bed is on its
 * way down before the first sound.
 */
export function* ducked(
  blocks: Iterable<Buses>,
  { sampleRate, duckingDb }: { sampleRate: number; duckingDb: number },
): Generator<Float32Array[]> {
  const size = Math.round(sampleRate / WINDOWS_A_SECOND);
  const low = 10 ** (-duckingDb / 20);
  const state = { gain: 1, hold: 0 };
  let held: Buses | null = null;
  for (const block of blocks) {
    if (held !== null) yield mixed(held, block, { size, low, state });
    held = block;
  }
  if (held !== null) yield mixed(held, null, { size, low, state });
}

interface Ducking {
  /** Samples a window. */
  size: number;
  low: number;
  state: { gain: number; hold: number };
}

function mixed({ lead, bed }: Buses, next: Buses | null, { size, low, state }: Ducking): Float32Array[] {
  const length = lead[0]?.length ?? 0;
  const output = lead.map((channel) => channel.slice());
  for (let from = 0; from < length; from += size) {
    const to = Math.min(length, from + size);
    // The same place in the next block: a tenth of a second ahead.
    const isHeard = isLoud(lead, from, to) || (next !== null && isLoud(next.lead, from, to));
    state.hold = isHeard ? HOLD_WINDOWS : Math.max(0, state.hold - 1);
    const target = state.hold > 0 ? low : 1;
    const seconds = target < state.gain ? ATTACK_SECONDS : RELEASE_SECONDS;
    const before = state.gain;
    state.gain = target + (before - target) * Math.exp(-1 / (WINDOWS_A_SECOND * seconds));
    for (const [channel, samples] of output.entries()) {
      for (let index = from; index < to; index += 1) {
        const gain = before + ((state.gain - before) * (index - from)) / (to - from);
        samples[index] = (samples[index] ?? 0) + (bed[channel]?.[index] ?? 0) * gain;
      }
    }
  }
  return output;
}

function isLoud(channels: Float32Array[], from: number, to: number): boolean {
  let sum = 0;
  for (const channel of channels) {
    for (let index = from; index < to; index += 1) sum += (channel[index] ?? 0) ** 2;
  }
  return sum > THRESHOLD ** 2 * Math.max(1, (to - from) * channels.length);
}
