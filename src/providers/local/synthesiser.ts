import type { PcmAudio } from "../../media/pcm-audio.ts";
import { reverberate } from "./reverb.ts";
import { type Random, seededRandom } from "./seeded-random.ts";

export const MOODS = ["calm", "tense", "joyful", "epic", "sad"] as const;
export type Mood = (typeof MOODS)[number];

interface MoodPlan {
  beatsAMinute: number;
  /** Four chords, in semitones above the root. */
  chords: number[][];
  hasDrums: boolean;
  /** How often the melody plays, 0..1. */
  density: number;
  /** Semitones that the root is moved by. */
  shift: number;
}

const PLANS: Record<Mood, MoodPlan> = {
  calm: {
    beatsAMinute: 78,
    chords: [
      [0, 4, 7, 11],
      [9, 12, 16, 19],
      [5, 9, 12, 16],
      [7, 11, 14, 17],
    ],
    hasDrums: false,
    density: 0.55,
    shift: 0,
  },
  tense: {
    beatsAMinute: 88,
    chords: [
      [0, 3, 7, 10],
      [8, 12, 15, 19],
      [5, 8, 12, 15],
      [7, 11, 14, 17],
    ],
    hasDrums: true,
    density: 0.6,
    shift: -3,
  },
  joyful: {
    beatsAMinute: 108,
    chords: [
      [0, 4, 7, 12],
      [7, 11, 14, 19],
      [9, 12, 16, 21],
      [5, 9, 12, 17],
    ],
    hasDrums: true,
    density: 0.78,
    shift: 2,
  },
  epic: {
    beatsAMinute: 92,
    chords: [
      [0, 3, 7, 12],
      [8, 12, 15, 20],
      [3, 7, 10, 15],
      [10, 14, 17, 22],
    ],
    hasDrums: true,
    density: 0.68,
    shift: -2,
  },
  sad: {
    beatsAMinute: 66,
    chords: [
      [0, 3, 7, 14],
      [5, 8, 12, 15],
      [8, 12, 15, 19],
      [7, 10, 14, 17],
    ],
    hasDrums: false,
    density: 0.45,
    shift: -1,
  },
};

export interface Piece {
  seed: string;
  mood: Mood;
  seconds: number;
  sampleRate: number;
}

interface Tone {
  at: number;
  seconds: number;
  semitone: number;
  loudness: number;
  /** -1 left, 1 right. */
  pan: number;
  timbre: "pad" | "pluck" | "bass";
}

interface Timbre {
  attack: number;
  release: number;
  cutoffHz: number;
  /** Share that goes into the reverberation. */
  send: number;
}

const TIMBRES: Record<Tone["timbre"], Timbre> = {
  pad: { attack: 0.55, release: 1, cutoffHz: 1_700, send: 0.5 },
  pluck: { attack: 0.004, release: 0.5, cutoffHz: 4_200, send: 0.55 },
  bass: { attack: 0.02, release: 0.25, cutoffHz: 700, send: 0.05 },
};

/** Composes and plays a piece of stereo music. The same piece is always the same, sample for sample. */
export function playPiece(piece: Piece): PcmAudio {
  const { seconds, sampleRate } = piece;
  const random = seededRandom(`music:${piece.mood}:${piece.seed}`);
  const length = Math.ceil(seconds * sampleRate);
  const dry: Stereo = [new Float32Array(length), new Float32Array(length)];
  const wet: Stereo = [new Float32Array(length), new Float32Array(length)];
  const { tones, hits } = compose(piece, random);
  for (const tone of tones) playTone({ tone, sampleRate, dry, wet, random });
  for (const hit of hits) playHit({ hit, sampleRate, dry, random });
  reverberate(wet[0], 0);
  reverberate(wet[1], 23);
  finish(dry, wet, sampleRate);
  return { sampleRate, channels: dry };
}

type Stereo = [Float32Array, Float32Array];
interface Hit {
  at: number;
  kind: "kick" | "hat";
  loudness: number;
}

function compose({ mood, seconds }: Piece, random: Random): { tones: Tone[]; hits: Hit[] } {
  const plan = PLANS[mood];
  const beat = 60 / plan.beatsAMinute;
  const root = 48 + plan.shift + Math.floor(random() * 7);
  const motif = Array.from({ length: 8 }, () => ({
    note: Math.floor(random() * 4),
    plays: random() < plan.density,
    octave: random() > 0.7 ? 12 : 0,
  }));
  const tones: Tone[] = [];
  const hits: Hit[] = [];
  for (let bar = 0; bar * 4 * beat < seconds; bar += 1) {
    const at = bar * 4 * beat;
    const chord = plan.chords[bar % plan.chords.length] ?? [0];
    const low = root - 12 + ((chord[0] ?? 0) % 12);
    chord.forEach((interval, index) => {
      tones.push({
        at,
        seconds: 4 * beat * 0.92,
        semitone: root + interval,
        loudness: 0.05,
        pan: -0.6 + index * 0.4,
        timbre: "pad",
      });
    });
    tones.push({ at, seconds: 1.8 * beat, semitone: low, loudness: 0.15, pan: 0, timbre: "bass" });
    tones.push({
      at: at + 2.5 * beat,
      seconds: 1.2 * beat,
      semitone: low,
      loudness: 0.11,
      pan: 0,
      timbre: "bass",
    });
    motif.forEach(({ note, plays, octave }, index) => {
      if (!plays && index > 0) return;
      tones.push({
        at: Math.max(0, at + (index * beat) / 2 + (random() - 0.5) * 0.008),
        seconds: 0.15,
        semitone: root + 12 + (chord[note % chord.length] ?? 0) + octave,
        loudness: index % 4 === 0 ? 0.1 : 0.077,
        pan: 0.35 * Math.sin(index * 1.7 + bar),
        timbre: "pluck",
      });
    });
    if (!plan.hasDrums || bar === 0) continue;
    for (let index = 0; index < 4; index += 1) {
      if (index % 2 === 0) hits.push({ at: at + index * beat, kind: "kick", loudness: 0.26 });
      hits.push({ at: at + (index + 0.5) * beat, kind: "hat", loudness: 0.035 });
    }
  }
  return { tones, hits };
}

function playTone(options: {
  tone: Tone;
  sampleRate: number;
  dry: Stereo;
  wet: Stereo;
  random: Random;
}): void {
  const { tone, sampleRate, dry, wet, random } = options;
  const { attack, release, cutoffHz, send } = TIMBRES[tone.timbre];
  const start = Math.floor(tone.at * sampleRate);
  const end = Math.min(dry[0].length, start + Math.floor((tone.seconds + release) * sampleRate));
  const step = (2 * Math.PI * 440 * 2 ** ((tone.semitone - 69) / 12)) / sampleRate;
  const smoothing = 1 - Math.exp((-2 * Math.PI * cutoffHz) / sampleRate);
  const left = Math.cos(((tone.pan + 1) * Math.PI) / 4);
  const right = Math.sin(((tone.pan + 1) * Math.PI) / 4);
  let phase = random() * Math.PI * 2;
  let detuned = random() * Math.PI * 2;
  let smoothed = 0;
  for (let index = start; index < end; index += 1) {
    const time = (index - start) / sampleRate;
    const envelope = envelopeAt(time, attack, tone.seconds, release);
    phase += step;
    detuned += step * 1.0035;
    smoothed += smoothing * (waveAt(tone.timbre, phase, detuned, time) - smoothed);
    const sample = smoothed * envelope * tone.loudness;
    dry[0][index] = (dry[0][index] ?? 0) + sample * left;
    dry[1][index] = (dry[1][index] ?? 0) + sample * right;
    wet[0][index] = (wet[0][index] ?? 0) + sample * left * send;
    wet[1][index] = (wet[1][index] ?? 0) + sample * right * send;
  }
}

function envelopeAt(time: number, attack: number, held: number, release: number): number {
  if (time < attack) return time / attack;
  return time < held ? 1 : Math.exp((-(time - held) * 4) / release);
}

function waveAt(timbre: Tone["timbre"], phase: number, detuned: number, time: number): number {
  if (timbre === "bass") return Math.sin(phase) + 0.25 * Math.sin(2 * phase);
  if (timbre === "pluck") {
    const body = Math.sin(phase) + 0.45 * Math.sin(2 * phase) * Math.exp(-time * 6);
    return Math.exp(-time * 3.2) * (body + 0.2 * Math.sin(3 * phase) * Math.exp(-time * 9));
  }
  let sum = 0;
  for (let partial = 1; partial <= 5; partial += 1) {
    sum += (Math.sin(phase * partial) + Math.sin(detuned * partial)) / (partial * partial * 2.2);
  }
  return sum;
}

function playHit(options: { hit: Hit; sampleRate: number; dry: Stereo; random: Random }): void {
  const { hit, sampleRate, dry, random } = options;
  const start = Math.floor(hit.at * sampleRate);
  const end = Math.min(dry[0].length, start + Math.floor((hit.kind === "kick" ? 0.32 : 0.07) * sampleRate));
  let phase = 0;
  let before = 0;
  for (let index = start; index < end; index += 1) {
    const time = (index - start) / sampleRate;
    let sample: number;
    if (hit.kind === "kick") {
      phase += (2 * Math.PI * (46 + 90 * Math.exp(-time * 32))) / sampleRate;
      sample = Math.sin(phase) * Math.exp(-time * 11);
    } else {
      const noise = random() * 2 - 1;
      sample = (noise - before) * Math.exp(-time * 70) * 0.5;
      before = noise;
    }
    dry[0][index] = (dry[0][index] ?? 0) + sample * hit.loudness;
    dry[1][index] = (dry[1][index] ?? 0) + sample * hit.loudness;
  }
}

/** Mixes the reverberation in, rounds off what is too loud, fades in and out, and brings all to one level. */
function finish(dry: Stereo, wet: Stereo, sampleRate: number): void {
  const length = dry[0].length;
  const fadeOut = Math.min(2.2 * sampleRate, length / 3);
  let peak = 1e-6;
  for (const side of [0, 1] as const) {
    for (let index = 0; index < length; index += 1) {
      const fade = Math.min(1, index / (sampleRate * 0.4)) * Math.min(1, (length - index) / fadeOut);
      const mixed = (dry[side][index] ?? 0) + (wet[side][index] ?? 0) * 0.55;
      const value = Math.tanh(mixed * 1.25) * fade;
      dry[side][index] = value;
      peak = Math.max(peak, Math.abs(value));
    }
  }
  for (const side of dry)
    for (let index = 0; index < length; index += 1) side[index] = ((side[index] ?? 0) * 0.84) / peak;
}
