import { FilterAPI } from "node-av";
import { frameOf, type SampleBlock, samplesOf, type SoundFormat } from "./read-sound.ts";

// This file loads FFmpeg (a GPL build), so only workers that `runInChild` starts may import it.

/** True peaks lie between samples; at four times the rate they show. */
const OVERSAMPLING = 4;

/**
 * Makes sound louder by `gainDb`, holds its peaks under `peakDb` (dBTP; null leaves them), and then changes all by `afterDb`. As many samples come out as went in, at the same times.
 */
export function* held(
  blocks: Iterable<SampleBlock>,
  options: SoundFormat & { gainDb: number; peakDb: number | null; afterDb?: number },
): Generator<SampleBlock> {
  const { sampleRate, channelCount, gainDb, peakDb, afterDb = 0 } = options;
  const volume = `volume=${gainDb.toFixed(3)}dB:precision=float`;
  const limit = (10 ** ((peakDb ?? 0) / 20)).toFixed(5);
  const filter = FilterAPI.create(
    peakDb === null
      ? volume
      : `${volume},aresample=${sampleRate * OVERSAMPLING},alimiter=limit=${limit}:level=0:attack=4:release=60:latency=1,aresample=${sampleRate},aformat=sample_fmts=fltp,volume=${afterDb.toFixed(3)}dB:precision=float,apad`,
  );
  let taken = 0;
  let given = 0;
  try {
    for (const block of blocks) {
      using frame = frameOf(block, sampleRate, taken);
      taken += block[0]?.length ?? 0;
      for (const out of filter.framesSync(frame)) {
        if (out === null) continue;
        given += out.nbSamples;
        yield samplesOf(out, channelCount);
        out.free();
      }
    }
    for (const out of filter.framesSync(null)) {
      if (out === null) continue;
      const left = Math.min(out.nbSamples, taken - given);
      given += left;
      const samples = samplesOf(out, channelCount);
      out.free();
      if (left > 0) yield samples.map((channel) => channel.subarray(0, left));
      if (given >= taken) return;
    }
  } finally {
    filter.close();
  }
}
