import { closeSync, openSync, readSync } from "node:fs";
import { SOUND_RATE, soundFrames } from "./codec.ts";
import { type DecodedSound, loudnessOf, type Span } from "./decode-sound.ts";

/** What streaming services play at, and the middle of what players expect of a short. */
const FILM_LOUDNESS = -15.5;
/** Under speech music is a quarter as loud (12 dB) as it is between, which is at most as loud as speech. */
const DUCKED = 0.25;
const DUCK_SECONDS = 0.25;
const RISE_SECONDS = 0.6;
const FADE_IN_SECONDS = 0.3;
const FADE_OUT_SECONDS = 1.2;
/** Where music begins again, its end and its beginning are heard together for so long. */
const LOOP_SECONDS = 1;
/** What is very quiet is mostly noise, which is not to be made loud. */
const MAX_GAIN = 30;
const PIECE = SOUND_RATE / 2;

interface Speech {
  sound: DecodedSound;
  /** When it begins, in seconds. */
  start: number;
}

export interface Mix {
  speeches: Speech[];
  music: DecodedSound | null;
  /** How loud music is between words: 1 is as loud as the voice. */
  musicVolume: number;
  seconds: number;
}

/**
 * The sound of a film: every voice equally loud, music below it that makes way for words, and all of it at the loudness that
 * players expect. In pieces of half a second, read from disk as they are needed.
 */
export function* mixedSound(mix: Mix): Generator<Float32Array> {
  const loudness = loudnessOf(soundFrames(piecesOf(mix, 1)));
  yield* piecesOf(mix, loudness === null ? 1 : gainOf(FILM_LOUDNESS - loudness));
}

interface Voice {
  /** Of the open file with its samples. */
  descriptor: number;
  /** In samples. */
  start: number;
  count: number;
  gain: number;
}

function* piecesOf(mix: Mix, gain: number): Generator<Float32Array> {
  const total = Math.round(mix.seconds * SOUND_RATE);
  const opened: Voice[] = [];
  const open = (sound: DecodedSound, start: number, wanted: number): Voice => {
    const level = sound.loudness === null ? 1 : gainOf(FILM_LOUDNESS - sound.loudness);
    const voice = {
      descriptor: openSync(sound.path, "r"),
      start: Math.round(start * SOUND_RATE),
      count: Math.round(sound.seconds * SOUND_RATE),
      gain: level * wanted * gain,
    };
    opened.push(voice);
    return voice;
  };
  try {
    const voices = mix.speeches.map(({ sound, start }) => open(sound, start, 1));
    const loudness = mix.speeches.length > 0 ? mix.musicVolume : 1;
    const music = mix.music === null ? null : open(mix.music, 0, loudness);
    const envelope = envelopeOf(mix);
    for (let from = 0; from < total; from += PIECE) {
      const piece = new Float32Array(Math.min(PIECE, total - from) * 2);
      if (music !== null) {
        addLooped(piece, music, from);
        shape(piece, envelope, from);
      }
      for (const voice of voices) add(piece, voice, from);
      yield piece;
    }
  } finally {
    for (const { descriptor } of opened) closeSync(descriptor);
  }
}

function gainOf(decibels: number): number {
  return 10 ** (Math.min(MAX_GAIN, decibels) / 20);
}

/** Adds what of a voice falls into a piece. @param from the first sample of the piece. */
function add(piece: Float32Array, { descriptor, start, count, gain }: Voice, from: number): void {
  const first = Math.max(from, start);
  const end = Math.min(from + piece.length / 2, start + count);
  if (end <= first) return;
  const samples = readSamples(descriptor, first - start, end - first);
  const shift = (first - from) * 2;
  for (let index = 0; index < samples.length; index += 1)
    piece[shift + index] = (piece[shift + index] ?? 0) + (samples[index] ?? 0) * gain;
}

/** Adds music, again and again where it is shorter than the film. */
function addLooped(piece: Float32Array, music: Voice, from: number): void {
  const overlap = Math.min(LOOP_SECONDS * SOUND_RATE, Math.floor(music.count / 2));
  const period = Math.max(1, music.count - overlap);
  const to = from + piece.length / 2;
  for (let turn = Math.max(0, Math.floor((from - music.count) / period)); turn * period < to; turn += 1) {
    const heard = new Float32Array(piece.length);
    add(heard, { ...music, start: turn * period }, from);
    for (let index = 0; index < heard.length; index += 1) {
      const at = from + (index >> 1) - turn * period;
      const fadeIn = turn === 0 || at >= overlap ? 1 : at / overlap;
      const fadeOut = at < period ? 1 : (music.count - at) / overlap;
      piece[index] = (piece[index] ?? 0) + (heard[index] ?? 0) * fadeIn * fadeOut;
    }
  }
}

function readSamples(descriptor: number, first: number, count: number): Float32Array {
  const samples = new Float32Array(count * 2);
  readSync(descriptor, new Uint8Array(samples.buffer), 0, count * 8, first * 8);
  return samples;
}

/** How loud music is from one moment to the next, evenly between them. */
type Envelope = { time: number; gain: number }[];

function envelopeOf({ speeches, seconds }: Mix): Envelope {
  const spans = mergedSpans(
    speeches.flatMap(({ sound, start }) =>
      sound.heard.map((span) => ({ start: start + span.start, end: start + span.end })),
    ),
  );
  const moments: Envelope = spans.flatMap(({ start, end }) => [
    { time: start - DUCK_SECONDS, gain: 1 },
    { time: start, gain: DUCKED },
    { time: end, gain: DUCKED },
    { time: end + RISE_SECONDS, gain: 1 },
  ]);
  const at = (time: number): number => gainAt(moments, time);
  const begin = Math.min(FADE_IN_SECONDS, seconds / 4);
  const end = seconds - Math.min(FADE_OUT_SECONDS, seconds / 2);
  const inside = moments.filter(({ time }) => time > begin && time < end);
  return [
    { time: 0, gain: 0 },
    { time: begin, gain: at(begin) },
    ...inside,
    { time: end, gain: at(end) },
    { time: seconds, gain: 0 },
  ];
}

/** Those that music would only rise between for a moment are one. */
function mergedSpans(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && span.start - last.end < DUCK_SECONDS + RISE_SECONDS)
      last.end = Math.max(last.end, span.end);
    else merged.push({ ...span });
  }
  return merged;
}

function gainAt(envelope: Envelope, time: number): number {
  const next = envelope.findIndex((moment) => moment.time > time);
  if (next === -1) return envelope.at(-1)?.gain ?? 1;
  const [before, after] = [envelope[next - 1], envelope[next]];
  if (before === undefined || after === undefined) return after?.gain ?? 1;
  return before.gain + ((after.gain - before.gain) * (time - before.time)) / (after.time - before.time);
}

/** A gain is worked out for as many samples at once (a third of a millisecond). */
const STEP = 16;

function shape(piece: Float32Array, envelope: Envelope, from: number): void {
  let at = 0;
  for (let index = 0; index < piece.length; index += STEP * 2) {
    const time = (from + index / 2) / SOUND_RATE;
    while (at + 2 < envelope.length && (envelope[at + 1]?.time ?? 0) <= time) at += 1;
    const gain = gainAt(envelope.slice(at, at + 2), time);
    for (let sample = index; sample < Math.min(piece.length, index + STEP * 2); sample += 1)
      piece[sample] = (piece[sample] ?? 0) * gain;
  }
}
