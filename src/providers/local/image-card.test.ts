import { describe, expect, test } from "vitest";
import { cardSvg } from "./image-card.ts";
import { type Motif, motifOf, MOTIFS } from "./motif-words.ts";
import { fitTitle, textWidth } from "./title-lines.ts";

const CARD = {
  prompt: "Une illustration",
  width: 640,
  height: 480,
  label: "Sans modèle",
  variant: 0,
  parts: "all",
} as const;

describe("cardSvg", () => {
  test("carries its title and its label", () => {
    const svg = cardSvg({ ...CARD, topic: "Mars" });
    expect(svg).toContain(">Mars</text>");
    expect(svg).toContain(">Sans modèle</text>");
  });

  test("comes apart into a scene without a word and words without a scene", () => {
    const card = { ...CARD, topic: "Mars" } as const;
    const scene = cardSvg({ ...card, parts: "scene" });
    const caption = cardSvg({ ...card, parts: "caption" });
    expect(scene).not.toContain("<text");
    expect(scene).toContain('fill="url(#sky)"');
    expect(caption).toContain(">Mars</text>");
    expect(caption).toContain(">Sans modèle</text>");
    expect(caption).not.toContain("url(#sky)");
  });

  test("has no title where the fonts here lack its letters, and no emoji in one", () => {
    for (const topic of ["日本の桜", "حديقة", "🌸🌸"]) {
      const texts = cardSvg({ ...CARD, topic }).match(/<text/g);
      expect(texts).toHaveLength(1);
    }
    expect(cardSvg({ ...CARD, topic: "La mer 🌊" })).toContain(">La mer</text>");
  });

  test("escapes the topic", () => {
    const svg = cardSvg({ ...CARD, topic: `<image href="file:///etc/passwd"/>&` });
    expect(svg).not.toContain("<image");
    expect(svg).toContain("&lt;image");
  });

  test("draws another picture for each variant and the same for the same", () => {
    const card = { ...CARD, topic: "Mars" } as const;
    expect(cardSvg(card)).toBe(cardSvg(card));
    expect(cardSvg({ ...card, variant: 1 })).not.toBe(cardSvg(card));
  });

  test("holds no number that SVG cannot read, whatever the motif and the shape", () => {
    const motifs: Record<string, Motif> = {
      mer: "sea",
      ville: "city",
      forêt: "forest",
      montagne: "mountains",
      planète: "space",
      robot: "robot",
      blockchain: "network",
      cuisine: "food",
      livre: "books",
      entreprise: "business",
      abeilles: "garden",
      café: "coffee",
      zzz: "waves",
    };
    expect(Object.keys(motifs).map(motifOf)).toEqual(Object.values(motifs));
    expect(new Set(Object.values(motifs))).toEqual(new Set(MOTIFS));
    // Several of no known subject, which are drawn in several manners.
    const topics = [...Object.keys(motifs), ..."a b c d e f g h i j k l".split(" ")];
    for (const topic of topics) {
      for (const [width, height] of [
        [64, 4_096],
        [4_096, 64],
        [512, 512],
      ] as const) {
        expect(cardSvg({ ...CARD, topic, width, height })).not.toMatch(/NaN|Infinity|undefined|\de-\d/);
      }
    }
  });

  test("keeps the towers of a city clear of the sun and the moon", () => {
    for (const topic of ["Paris", "Londres la nuit", "Tokyo", "Ma rue", "Le quartier"]) {
      const svg = cardSvg({ ...CARD, topic, width: 1_024, height: 1_024, parts: "scene" });
      const light = /<circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)" fill="url\(#glow\)"/.exec(svg);
      const [x = 0, y = 0, glow = 0] = (light ?? []).slice(1).map(Number);
      const radius = glow / 3.6;
      const towers = [
        ...svg.matchAll(/<rect x="(-?[\d.]+)" y="(-?[\d.]+)" width="([\d.]+)" height="[\d.]+" fill="#/g),
      ];
      expect(towers.length).toBeGreaterThan(30);
      for (const [, left, top, wide] of towers) {
        const isBeside = Number(left) > x + radius || Number(left) + Number(wide) < x - radius;
        expect(isBeside || Number(top) > y + radius).toBe(true);
      }
    }
  });

  test("draws the topic and nothing that only the prompt names", () => {
    const draw = (prompt: string): string => cardSvg({ ...CARD, topic: "Yoga", prompt, parts: "scene" });
    expect(draw("Un livre sur les planètes et les étoiles, la nuit")).not.toContain("planet");
    expect(cardSvg({ ...CARD, topic: "", prompt: "Les planètes" })).toContain("planet");
  });
});

describe("motifOf", () => {
  test.each([
    ["L’IA au quotidien", "robot"],
    ["J’ai testé la sieste", "waves"],
    ["La maison", "waves"],
    ["yoga for beginners", "waves"],
    ["Getting started with pottery", "waves"],
    ["Notre nouvelle crème solaire bio", "waves"],
    ["Université d’été", "waves"],
    ["Les abeilles en ville", "garden"],
    ["Why bees matter", "garden"],
    ["Craft beer", "waves"],
    ["Le vin et le fromage", "waves"],
    ["Le café de spécialité", "coffee"],
    ["un phare", "sea"],
  ])("goes by whole words: %s", (topic, motif) => {
    expect(motifOf(topic)).toBe(motif);
  });

  test("takes one known word of a whole page for nothing", () => {
    const page = "On raconte que tout a commencé par une simple promesse faite un soir à des amis de passage";
    expect(motifOf(`${page}, en ville`)).toBe("waves");
    expect(motifOf(`${page}, en ville, dans la rue`)).toBe("city");
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
