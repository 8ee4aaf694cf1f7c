import { describe, expect, test } from "vitest";
import { setForPrint, setTextForPrint } from "./print-typography.ts";

const NO_BREAK = "\u00a0";
const NARROW = "\u202f";

describe("setTextForPrint", () => {
  test.each([
    ["Quoi ? Oui; non !", `Quoi${NARROW}? Oui${NARROW}; non${NARROW}!`],
    ["Vraiment?!", `Vraiment${NARROW}?!`],
    ["Le prix : 14,50 €", `Le prix${NO_BREAK}: 14,50${NO_BREAK}€`],
    ['"Une lumière", dit-il.', `«${NO_BREAK}Une lumière${NO_BREAK}», dit-il.`],
    ["«Une lumière»", `«${NO_BREAK}Une lumière${NO_BREAK}»`],
    ["« Qui ? »", `«${NO_BREAK}Qui${NARROW}?${NO_BREAK}»`],
    ["l'eau... d'ici", "l’eau… d’ici"],
    [
      "1 200 navires, 25 %, 12 km, n° 3",
      `1${NARROW}200 navires, 25${NO_BREAK}%, 12${NO_BREAK}km, n°${NO_BREAK}3`,
    ],
    ["25€, 10% et 5%20", `25${NO_BREAK}€, 10${NO_BREAK}% et 5%20`],
    ["à 12:30, https://a.fr/?x=1 (!)", "à 12:30, https://a.fr/?x=1 (!)"],
  ])("sets French: %s", (written, set) => {
    expect(setTextForPrint(written, "fr")).toBe(set);
    expect(setTextForPrint(set, "fr")).toBe(set);
  });

  test("gives English its quotes, and no space of French", () => {
    expect(setTextForPrint(`"What?" she said: it's "so" late...`, "en")).toBe(
      "“What?” she said: it’s “so” late…",
    );
    expect(setTextForPrint("Was? Ja!", "de")).toBe("Was? Ja!");
  });
});

describe("setForPrint", () => {
  test("sees what stands before across marks, and leaves code and addresses alone", () => {
    expect(
      setForPrint(
        [
          { kind: "strong", children: [{ kind: "text", text: "Quoi" }] },
          { kind: "text", text: " ? " },
          { kind: "code", text: `"a" ? b : 'c'` },
          { kind: "link", address: "https://a.fr/?q", children: [{ kind: "text", text: "https://a.fr/?q" }] },
        ],
        "fr",
      ),
    ).toEqual([
      { kind: "strong", children: [{ kind: "text", text: "Quoi" }] },
      { kind: "text", text: `${NARROW}? ` },
      { kind: "code", text: `"a" ? b : 'c'` },
      { kind: "link", address: "https://a.fr/?q", children: [{ kind: "text", text: "https://a.fr/?q" }] },
    ]);
  });
});
