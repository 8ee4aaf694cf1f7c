import { FilterAPI, type Frame } from "node-av";
import { frameOf, type SampleBlock } from "./read-sound.ts";

// This file loads FFmpeg (a GPL build), so only workers that `runInChild` starts may import it.

/** By EBU R 128. */
export interface Loudness {
  /** Integrated, in LUFS; null for what is too short or too quiet to be measured. */
  lufs: number | null;
  /** The highest true peak, in dBTP; -120 for silence. */
  truePeak: number;
}

/** The meter needs this much to say anything; below its gate there is only noise. */
const GATE_LUFS = -69;
/** Of what has no sound. */
export const SILENCE: Loudness = { lufs: null, truePeak: -120 };

/** Passes sound on as it is. Once all of it has gone through, `read` says how loud it was. */
export function* metered(
  blocks: Iterable<SampleBlock>,
  sampleRate: number,
  read: (loudness: Loudness) => void,
): Generator<SampleBlock> {
  const filter = FilterAPI.create("ebur128=peak=true:metadata=1");
  let position = 0;
  let values: Record<string, string> = {};
  const note = (frame: Frame | null): void => {
    if (frame === null) return;
    values = { ...values, ...frame.getMetadata().getAll() };
    frame.free();
  };
  try {
    for (const block of blocks) {
      using frame = frameOf(block, sampleRate, position);
      position += block[0]?.length ?? 0;
      for (const measured of filter.framesSync(frame)) note(measured);
      yield block;
    }
    if (position > 0) for (const measured of filter.flushFramesSync()) note(measured);
  } finally {
    filter.close();
  }
  const lufs = Number(values["lavfi.r128.I"]);
  const peak = Number(values["lavfi.r128.true_peak"]);
  read({
    lufs: Number.isFinite(lufs) && lufs > GATE_LUFS ? lufs : null,
    truePeak: peak > 0 ? 20 * Math.log10(peak) : SILENCE.truePeak,
  });
}
