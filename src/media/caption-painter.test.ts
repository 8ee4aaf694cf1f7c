import { createCanvas } from "@napi-rs/canvas";
import { describe, expect, test } from "vitest";
import { loadCaptionFonts } from "./caption-fonts.ts";
import { layOutCaptions } from "./caption-layout.ts";
import { captionLayer, fittedTitle, lineShapeOf, marginsOf, titleLayer } from "./caption-painter.ts";
import type { Layer } from "./yuv.ts";

const FRAME = { width: 1_080, height: 1_920 };

/** How much of the light plane is covered. */
function covered({ rest, width, height }: Layer): number {
  return rest.subarray(0, width * height).filter((left) => left < 64).length;
}

describe("captions", () => {
  test.each([
    ["French", "Où l’œuvre s’élève, ça !"],
    ["Arabic", "مرحبا بكم في الفيديو"],
    ["Chinese", "今天我们来看看大海和灯塔"],
    ["emoji", "🚀 👩‍🚀 👍🏽 🎉"],
    ["one word of sixty letters", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunte"],
  ])("in %s are drawn, in the part of the frame that stays free", (_, text) => {
    const { families, missing } = loadCaptionFonts(text);
    expect(missing).toEqual([]);
    const style = { frame: FRAME, families };
    const words = text.split(" ").map((word, index) => ({ word, start: index, end: index + 1 }));
    const { top, bottom, side } = marginsOf(FRAME);
    for (const caption of layOutCaptions(words, lineShapeOf(style))) {
      expect(caption.lines).toBeLessThanOrEqual(2);
      const layer = captionLayer(caption, 0, style);
      expect(covered(layer)).toBeGreaterThan(2_000);
      expect(layer.x).toBeGreaterThanOrEqual(FRAME.width * side - 2);
      expect(layer.x + layer.width).toBeLessThanOrEqual(FRAME.width * (1 - side) + 2);
      expect(layer.y).toBeGreaterThanOrEqual(FRAME.height * top);
      expect(layer.y + layer.height).toBeLessThanOrEqual(FRAME.height * (1 - bottom));
    }
  });

  test("say which characters no font can draw", () => {
    expect(loadCaptionFonts("Bonjour ไทย").missing).toEqual(["ไ", "ท", "ย"]);
  });
});

describe("a title", () => {
  test("stays in four lines, however long it is", () => {
    const { families } = loadCaptionFonts("Titre");
    const long = titleLayer("Un titre beaucoup trop long ".repeat(20), { frame: FRAME, families });
    expect([long.x, long.y, long.width]).toEqual([0, 0, FRAME.width]);
    expect(long.height).toBeLessThan(FRAME.height * 0.65);
  });

  test("says by an ellipsis that it goes on, and parts no mark from its word", () => {
    const { families } = loadCaptionFonts("Titre");
    const pen = createCanvas(10, 10).getContext("2d");
    const linesOf = (title: string): string[] => fittedTitle(pen, title, { frame: FRAME, families }).lines;
    const long = linesOf("Un titre beaucoup trop long, ".repeat(20));
    expect(long).toHaveLength(4);
    expect(long.at(-1)).toMatch(/[a-z]…$/);
    const whole = linesOf("L’histoire des phares bretons : par où faut-il commencer ? Par « les feux »");
    expect(whole.join(" ")).toBe(
      "L’histoire des phares bretons : par où faut-il commencer ? Par « les feux »",
    );
    for (const line of whole) expect(line).not.toMatch(/^[;:!?»]|«$/);
    for (const start of ["Pourquoi commencer", "Par où donc commencer", "Commencer", "Alors, on commence"])
      for (const line of linesOf(`${start} ?`)) expect(line).not.toBe("?");
  });
});
