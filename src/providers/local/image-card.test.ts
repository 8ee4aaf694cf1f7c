import { describe, expect, test } from "vitest";
import { cardSvg } from "./image-card.ts";
import { motifOf, MOTIFS } from "./motif-words.ts";
import { fitTitle, textWidth } from "./title-lines.ts";

const CARD = { prompt: "Une illustration", width: 640, height: 480, variant: 0, hasText: true } as const;

describe("cardSvg", () => {
  test("carries its label in the language of the card", () => {
    const french = cardSvg({ ...CARD, topic: "Mars", language: "fr" });
    expect(french).toContain("Visuel composé localement, sans modèle d’IA");
    expect(cardSvg({ ...CARD, topic: "Mars", language: "en" })).toContain(
      "Made locally, without an AI model",
    );
  });

  test("escapes the topic", () => {
    const svg = cardSvg({ ...CARD, topic: `<image href="file:///etc/passwd"/>&`, language: "fr" });
    expect(svg).not.toContain("<image");
    expect(svg).toContain("&lt;image");
  });

  test("draws another picture for each variant and the same for the same", () => {
    const card = { ...CARD, topic: "Mars", language: "fr" } as const;
    expect(cardSvg(card)).toBe(cardSvg(card));
    expect(cardSvg({ ...card, variant: 1 })).not.toBe(cardSvg(card));
  });

  test("holds no number that SVG cannot read, whatever the motif and the shape", () => {
    const topics = [
      "mer",
      "ville",
      "forêt",
      "montagne",
      "planète",
      "robot",
      "blockchain",
      "cuisine",
      "livre",
      "entreprise",
      "zzz",
    ];
    expect(topics.map((topic) => motifOf(topic, ""))).toEqual([
      "sea",
      "city",
      "forest",
      "mountains",
      "space",
      "robot",
      "network",
      "food",
      "books",
      "business",
      "waves",
    ]);
    expect(new Set(topics.map((topic) => motifOf(topic, "")))).toEqual(new Set(MOTIFS));
    for (const topic of topics) {
      for (const [width, height] of [
        [64, 4_096],
        [4_096, 64],
        [512, 512],
      ] as const) {
        expect(cardSvg({ ...CARD, topic, width, height, language: "fr" })).not.toMatch(
          /NaN|Infinity|undefined|\de-\d/,
        );
      }
    }
  });
});

describe("motifOf", () => {
  test("goes by whole words, the topic first", () => {
    expect(motifOf("L’IA au quotidien", "un article sur la mer, la mer")).toBe("robot");
    expect(motifOf("La maison", "")).toBe("waves");
    expect(motifOf("Yoga", "aucune marque existante")).toBe("waves");
    expect(motifOf("", "un phare")).toBe("sea");
  });
});

describe("fitTitle", () => {
  const ROOM = { width: 600, height: 300, largest: 80, smallest: 34, maxLines: 3 };

  test("keeps every line within the room", () => {
    for (const title of [
      "Mars",
      "Le phare d’Ouessant, gardien de l’aube et de la nuit",
      "W".repeat(400),
      "mot ".repeat(300),
      "長い題名".repeat(40),
    ]) {
      const { lines, size } = fitTitle(title, ROOM);
      expect(lines.length).toBeLessThanOrEqual(3);
      expect(lines.length * size * 1.1).toBeLessThanOrEqual(ROOM.height);
      for (const line of lines) expect(textWidth(line) * size).toBeLessThanOrEqual(ROOM.width + 1e-6);
    }
  });

  test("marks what it cuts and leaves short titles whole", () => {
    expect(fitTitle("mot ".repeat(300), ROOM).lines.at(-1)).toMatch(/…$/);
    expect(fitTitle("Paris la nuit", ROOM)).toEqual({ lines: ["Paris la nuit"], size: 80 });
  });

  test("never breaks before a mark", () => {
    const { lines } = fitTitle("Une entreprise toute nouvelle : stratégie et croissance", ROOM);
    for (const line of lines) expect(line).not.toMatch(/^:/);
  });
});
