import { describe, expect, test } from "vitest";
import { type FilmInput, planFilm, type PlannedSpeech } from "./film-plan.ts";

function speech(seconds: number, text = "", words: PlannedSpeech["words"] = null): PlannedSpeech {
  return { seconds, heard: [{ start: 0.1, end: seconds - 0.2 }], words, text };
}

const IMAGE = { seconds: null };

function plan(changes: Partial<FilmInput>) {
  return planFilm({ texts: [], speeches: [], pictures: [IMAGE], seconds: null, ...changes });
}

describe("planFilm", () => {
  test("gives each scene as long as its voice and a breath", () => {
    const { seconds, shots, speechStarts } = plan({
      texts: ["Un", "Deux"],
      speeches: [speech(2), speech(3)],
      pictures: [IMAGE, IMAGE],
    });
    expect(seconds).toBe(5.5);
    expect(shots).toEqual([
      { picture: 0, start: 0 },
      { picture: 1, start: 2.25 },
    ]);
    expect(speechStarts).toEqual([
      { speech: 0, start: 0 },
      { speech: 1, start: 2.25 },
    ]);
  });

  test("lasts exactly as long as a single narration, each scene from its first word", () => {
    const words = ["Un", "phare.", "La", "mer", "monte."].map((word, index) => ({
      word,
      start: index,
      end: index + 0.5,
    }));
    const film = plan({
      texts: ["Un phare.", "La mer monte."],
      speeches: [speech(6, "", words)],
      pictures: [IMAGE, IMAGE],
    });
    expect(film.seconds).toBe(6);
    expect(film.shots.map(({ start }) => start)).toEqual([0, 2]);
    expect(film.words.map((scene) => scene.map(({ word }) => word).join(" "))).toEqual([
      "Un phare.",
      "La mer monte.",
    ]);
  });

  test("spreads a text over what is heard where there are no times of words", () => {
    const [words = []] = plan({ texts: ["un deux"], speeches: [speech(3.3, "aaa bbbbb")] }).words;
    expect(words.map(({ word }) => word)).toEqual(["aaa", "bbbbb"]);
    expect(words[0]?.start).toBeCloseTo(0.1, 6);
    expect(words[1]?.start).toBeCloseTo(0.1 + 3 * 0.4, 6);
    expect(words[1]?.end).toBeCloseTo(3.1, 6);
  });

  test("rests where marks ask for it, as captions of any voice do", () => {
    const [words = []] = plan({ texts: ["aaaa, aaaa."], speeches: [speech(10.3)] }).words;
    const [first, second] = words;
    expect(words).toHaveLength(2);
    expect((second?.start ?? 0) - (first?.end ?? 0)).toBeGreaterThan(0.5);
  });

  test("writes the words of a voice as their author did, at its times", () => {
    const heard = ["Twenty", "one", "seas."].map((word, index) => ({ word, start: index, end: index + 0.5 }));
    const [words = []] = plan({ speeches: [speech(4, "21 seas.", heard)] }).words;
    expect(words.map(({ word }) => word)).toEqual(["21", "seas."]);
    expect(words.map(({ start }) => start)).toEqual([0, 2]);
  });

  test("keeps a picture for several scenes where there are fewer, and shows several in one where there are more", () => {
    const three = { texts: ["a", "b", "c"], speeches: [speech(1), speech(1), speech(1)] };
    expect(plan({ ...three, pictures: [IMAGE] }).shots).toEqual([{ picture: 0, start: 0 }]);
    const six = plan({ ...three, pictures: Array.from({ length: 6 }, () => IMAGE) });
    expect(six.shots.map(({ picture }) => picture)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(six.shots[1]?.start).toBeCloseTo(0.625, 6);
  });

  test("lasts as long as its clips where nobody speaks, and pictures as long as reading takes", () => {
    expect(plan({ pictures: [{ seconds: 5 }] }).seconds).toBe(5);
    expect(plan({ pictures: [IMAGE, IMAGE] }).seconds).toBe(6);
    expect(plan({ texts: [Array.from({ length: 26 }, () => "mot").join(" ")] }).seconds).toBeCloseTo(10, 6);
  });

  test("has a scene without a voice among others", () => {
    const film = plan({ texts: ["un", "deux", "trois"], speeches: [speech(1), null, speech(1)] });
    expect(film.speechStarts.map(({ speech: index }) => index)).toEqual([0, 2]);
    expect(film.seconds).toBeCloseTo(1.25 + 2.5 + 1.25, 6);
  });
});
