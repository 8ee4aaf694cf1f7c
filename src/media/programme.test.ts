import { describe, expect, test } from "vitest";
import { clipOf, mixProgramme, type Programme, type Samples } from "./programme.ts";

const RATE = 100;

function programme(clips: Programme["clips"], durationSeconds: number, duckingDb = 0): Programme {
  return { sampleRate: RATE, channelCount: 1, clips, durationSeconds, duckingDb };
}

/** Files of counted samples: 1, 2, 3, … hundredths; opened and closed are noted. */
function countingFiles(seconds: number) {
  const notes: string[] = [];
  function* open(path: string): Generator<Samples> {
    notes.push(`open ${path}`);
    try {
      for (let at = 0; at < seconds * RATE; at += 7) {
        const length = Math.min(7, seconds * RATE - at);
        yield [Float32Array.from({ length }, (_, index) => (at + index + 1) / 100)];
      }
    } finally {
      notes.push(`close ${path}`);
    }
  }
  return { open, notes };
}

function heard(wanted: Programme, open: (path: string) => Generator<Samples>): number[] {
  return Array.from(mixProgramme(wanted, open)).flatMap(([block]) =>
    Array.from(block ?? [], (sample) => Math.round(sample * 100)),
  );
}

/** A file of ones without an end. */
function* ones(): Generator<Samples> {
  for (;;) yield [new Float32Array(100).fill(1)];
}

/** Music without an end, or a voice that is heard from the second second to the third. */
function* musicOrVoice(path: string): Generator<Samples> {
  for (let second = 0; ; second += 1) {
    const level = second === 2 ? 0.5 : 0;
    yield [new Float32Array(1_000).fill(path === "music" ? 0.1 : level)];
  }
}

describe("mixProgramme", () => {
  test("plays a stretch of a file exactly where it belongs, and silence elsewhere", () => {
    const { open } = countingFiles(1);
    const clip = clipOf("a", { startSeconds: 0.13, fromSeconds: 0.25, lengthSeconds: 0.05 });
    const samples = heard(programme([clip], 0.3), open);
    expect(samples).toHaveLength(30);
    expect(samples.slice(12, 19)).toEqual([0, 26, 27, 28, 29, 30, 0]);
  });

  test("adds what is heard at the same time", () => {
    const { open } = countingFiles(1);
    const clips = [
      clipOf("a", { lengthSeconds: 0.1 }),
      clipOf("b", { startSeconds: 0.05, lengthSeconds: 0.1 }),
    ];
    expect(heard(programme(clips, 0.15), open).slice(4, 7)).toEqual([5, 7, 9]);
  });

  test("repeats a clip that loops, and ends one that does not", () => {
    const { open } = countingFiles(0.1);
    const clip = { lengthSeconds: 0.25 };
    expect(heard(programme([clipOf("a", { ...clip, loops: true })], 0.25), open).slice(8, 13)).toEqual([
      9, 10, 1, 2, 3,
    ]);
    expect(heard(programme([clipOf("a", clip)], 0.25), open).slice(8, 13)).toEqual([9, 10, 0, 0, 0]);
  });

  test("opens a file when it is first heard and closes it when it is over", () => {
    const { open, notes } = countingFiles(5);
    const clips = [clipOf("a", { lengthSeconds: 0.2 }), clipOf("b", { startSeconds: 0.5, lengthSeconds: 9 })];
    const blocks = mixProgramme(programme(clips, 1), open);
    blocks.next();
    expect(notes).toEqual(["open a"]);
    for (let count = 0; count < 5; count += 1) blocks.next();
    expect(notes).toEqual(["open a", "close a", "open b"]);
    blocks.return(undefined);
    expect(notes).toEqual(["open a", "close a", "open b", "close b"]);
  });

  test("crosses two fades at an even power", () => {
    const clips = [clipOf("a", { lengthSeconds: 1, fadeOutSeconds: 1 })];
    const [out] = Array.from(mixProgramme(programme(clips, 1), ones)).slice(5);
    expect(out?.[0]?.[0]).toBeCloseTo(Math.SQRT1_2, 2);
  });
});

describe("a bed", () => {
  const clips = [clipOf("voice", { lengthSeconds: 6 }), clipOf("music", { lengthSeconds: 6, isBed: true })];
  const played = (duckingDb: number): Float32Array => {
    const wanted = { sampleRate: 1_000, channelCount: 1 as const, clips, durationSeconds: 6, duckingDb };
    const samples = new Float32Array(6_000);
    let at = 0;
    for (const [block] of mixProgramme(wanted, musicOrVoice)) {
      samples.set(block ?? [], at);
      at += block?.length ?? 0;
    }
    return samples;
  };

  test("goes down before the voice begins, stays down under it, and comes back", () => {
    const samples = played(12);
    expect(samples[500]).toBeCloseTo(0.1, 3);
    // Already on its way when the voice begins at two seconds.
    expect(samples[1_999]).toBeLessThan(0.06);
    expect((samples[2_900] ?? 0) - 0.5).toBeCloseTo(0.025, 2);
    expect(samples[5_900]).toBeCloseTo(0.1, 2);
  });

  test("stays as it is where no ducking is asked for", () => {
    expect((played(0)[2_900] ?? 0) - 0.5).toBeCloseTo(0.1, 3);
  });
});
