import { describe, expect, test } from "vitest";
import { LABEL_FONT_FILE, TITLE_FONT_FILE } from "./fonts.ts";
import { readCoverage } from "../../media/font-coverage.ts";
import { titleTextOf } from "./title-text.ts";

describe("titleTextOf", () => {
  test.each([
    ["L’œuvre d’art : 100 % « neuve » ?", "L’œuvre d’art : 100 % « neuve » ?"],
    ["Tiếng Việt, Привет", "Tiếng Việt, Привет"],
    ["e\u0301te\u0301", "été"],
    ["La mer 🌊 en été 👨‍👩‍👧 🇫🇷", "La mer en été"],
    ["5️⃣ idées ©", "idées ©"],
    ["Deux\n lignes\u0007 ㋡", "Deux lignes"],
  ])("keeps what the face of titles can draw: %j", (text, shown) => {
    expect(titleTextOf(text)).toEqual({ text: shown, family: "Playfair Display" });
  });

  test("takes the other face for letters that only it has", () => {
    expect(titleTextOf("Ωμέγα")).toEqual({ text: "Ωμέγα", family: "Inter" });
  });

  test.each(["日本の桜", "مرحبا", "हिन्दी", "Yoga と Paris", "🌸🎉", "", "— !", "\uD800"])(
    "gives no title for %j",
    (text) => {
      expect(titleTextOf(text)).toBeNull();
    },
  );
});

describe("readCoverage", () => {
  test("reads what a font file holds, beyond the first plane too", () => {
    const title = readCoverage(TITLE_FONT_FILE);
    const label = readCoverage(LABEL_FONT_FILE);
    const covered = (text: string, covers: typeof title): boolean[] =>
      Array.from(text, (character) => covers(character.codePointAt(0) ?? 0));
    expect(covered("AzéŒ9Ж", title)).not.toContain(false);
    expect(covered("桜مα\u{1F338}\u{10FFFF}\uFFFF", title)).not.toContain(true);
    expect(covered("Aα\u{1F130}", label)).toEqual([true, true, true]);
  });
});
