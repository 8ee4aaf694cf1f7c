import { describe, expect, test } from "vitest";
import { audiobookProgramme } from "./audiobook-programme.ts";
import { joinedProgramme } from "./joined-programme.ts";
import { mixedProgramme } from "./mixed-programme.ts";
import { podcastProgramme } from "./podcast-programme.ts";

const FORMAT = { sampleRate: 44_100, channelCount: 1 as const };
const part = (path: string, durationSeconds: number, hasSound = true) => ({
  path,
  durationSeconds,
  hasSound,
});
const spoken = (path: string, seconds: number, lufs: number | null = -20) => ({
  path,
  durationSeconds: seconds + 1,
  heardFromSeconds: 0.5,
  heardToSeconds: seconds + 0.5,
  lufs,
});

describe("joinedProgramme", () => {
  test("lays parts end to end, apart by a gap, or over each other", () => {
    const parts = [part("a", 4), part("b", 2), part("c", 3)];
    const startsOf = (gapSeconds: number, fadeSeconds: number) => {
      const joined = joinedProgramme(parts, { ...FORMAT, gapSeconds, fadeSeconds });
      return [...(joined?.clips.map(({ startSeconds }) => startSeconds) ?? []), joined?.durationSeconds];
    };
    expect(startsOf(0, 0)).toEqual([0, 4, 6, 9]);
    expect(startsOf(1, 0)).toEqual([0, 5, 8, 11]);
    expect(startsOf(0, 0.5)).toEqual([0, 3.5, 5, 8]);
    // Half of the shortest part at most.
    expect(startsOf(0, 5)).toEqual([0, 3, 4, 7]);
  });

  test("leaves silence where a part has no sound, and is nothing where none has any", () => {
    const options = { ...FORMAT, gapSeconds: 0, fadeSeconds: 0 };
    expect(joinedProgramme([part("a", 4, false), part("b", 2)], options)?.clips).toMatchObject([
      { path: "b", startSeconds: 4 },
    ]);
    expect(joinedProgramme([part("a", 4, false)], options)).toBeNull();
  });
});

describe("audiobookProgramme", () => {
  test("marks each chapter in the pause before it, from start to end without a hole", () => {
    const files = [spoken("a", 10), spoken("b", 5, -30)].map((file, index) => ({
      spoken: file,
      title: `${index}`,
    }));
    const { programme, chapters } = audiobookProgramme(files, FORMAT);
    const [first, second] = programme.clips;
    expect(first?.fromSeconds).toBeCloseTo(0.42);
    expect(first?.gainDb).toBeCloseTo(2);
    expect(second?.gainDb).toBeCloseTo(12);
    expect(chapters[0]).toMatchObject({ start: 0, end: chapters[1]?.start });
    expect(chapters[1]?.end).toBe(programme.durationSeconds);
    expect(chapters[1]?.start).toBeGreaterThan((first?.startSeconds ?? 0) + (first?.lengthSeconds ?? 0));
    expect(chapters[1]?.start).toBeLessThan(second?.startSeconds ?? 0);
  });
});

describe("podcastProgramme", () => {
  test("gives every line of a voice the same gain, and pauses less where a voice goes on", () => {
    const lines = [
      { spoken: spoken("a", 3, -20), speaker: "A" },
      { spoken: spoken("b", 3, -26), speaker: "B" },
      { spoken: spoken("c", 1, -40), speaker: "B" },
    ];
    const { programme, times } = podcastProgramme({ lines, jingle: null, pauseSeconds: 0.4 }, FORMAT);
    expect(programme.clips.map(({ gainDb }) => gainDb)).toEqual([3, 9, 9]);
    expect((times[1]?.start ?? 0) - (times[0]?.end ?? 0)).toBeCloseTo(0.4);
    expect((times[2]?.start ?? 0) - (times[1]?.end ?? 0)).toBeCloseTo(0.2);
  });

  test("begins and ends with the jingle, lowered under the voices", () => {
    const lines = [{ spoken: spoken("a", 3), speaker: "A" }];
    const { programme, times } = podcastProgramme(
      { lines, jingle: spoken("j", 20), pauseSeconds: 0.4 },
      FORMAT,
    );
    expect(programme.clips.map(({ path, isBed }) => [path, isBed])).toEqual([
      ["j", true],
      ["a", false],
      ["j", true],
    ]);
    const [intro, , outro] = programme.clips;
    expect(times[0]?.start).toBeLessThan(intro?.lengthSeconds ?? 0);
    expect(outro?.startSeconds).toBeLessThan(times[0]?.end ?? 0);
    expect(programme.durationSeconds).toBeCloseTo((outro?.startSeconds ?? 0) + (outro?.lengthSeconds ?? 0));
  });
});

const track = (path: string, durationSeconds: number) => ({
  path,
  durationSeconds,
  lufs: -10,
  channelCount: 1,
});

describe("mixedProgramme", () => {
  const options = { sampleRate: 44_100, bedVolumeDb: -6, duckingDb: 10, loops: true };

  test("leaves a track that is alone as it is", () => {
    const { clips, durationSeconds } = mixedProgramme([track("a", 5)], options);
    expect(clips).toMatchObject([{ gainDb: 0, lengthSeconds: 5 }]);
    expect(durationSeconds).toBe(5);
  });

  test("lays others under the first, at their volume, as long as it lasts", () => {
    const { clips } = mixedProgramme([track("a", 5), track("b", 2)], options);
    expect(clips[1]).toMatchObject({ gainDb: -14, lengthSeconds: 5, loops: true, isBed: true });
    const once = mixedProgramme([track("a", 5), track("b", 2)], { ...options, loops: false });
    expect(once.clips[1]).toMatchObject({ lengthSeconds: 2, loops: false });
  });
});
