import { describe, expect, test } from "vitest";
import { testBook } from "./book.testdata.ts";
import { readManuscript, type Manuscript } from "./manuscript.ts";
import { plainText } from "./text-tree.ts";

const titlesOf = ({ chapters }: Manuscript): string[] => chapters.map(({ title }) => plainText(title));

function ofTexts(...texts: string[]): Manuscript {
  const chapters = texts.map((markdown) => ({ title: "", markdown }));
  return readManuscript(testBook({ title: "", chapters }));
}

describe("readManuscript", () => {
  test("splits one text at its headings, under the title that stands above them", () => {
    const manuscript = ofTexts("# Le phare\n\nAvant.\n\n## Un\n\na\n\n### Détail\n\n## Deux\n\nb");
    expect(manuscript.title).toBe("Le phare");
    expect(titlesOf(manuscript)).toEqual(["Un", "Deux"]);
    expect(manuscript.foreword).toMatchObject([{}, { children: [{ text: "Avant." }] }]);
    expect(manuscript.chapters[0]?.blocks[1]).toMatchObject({ kind: "heading", level: 2 });
  });

  test("splits a text without a title of its own, and leaves one without headings whole", () => {
    expect(titlesOf(ofTexts("intro\n\n# Un\n\na\n\n# Deux\n\nb"))).toEqual(["Un", "Deux"]);
    const whole = ofTexts("Rien que de la prose.");
    expect(whole.title).toBe("Les phares");
    expect(titlesOf(whole)).toEqual(["Les phares"]);
    expect(whole.chapters[0]?.number).toBeNull();
  });

  test("numbers chapters itself, and says no title twice", () => {
    const chapters = [
      { title: "Chapitre 1 : la mer", markdown: "# La mer\n\na" },
      { title: "", markdown: "2. **Le vent**" },
      { title: "", markdown: "## 3. le port\n\nb" },
    ];
    const manuscript = readManuscript(testBook({ chapters }));
    expect(titlesOf(manuscript)).toEqual(["La mer", "Chapitre 2", "Le port"]);
    expect(manuscript.chapters.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(manuscript.chapters[0]?.blocks).toHaveLength(1);
  });

  test("says once, at the end, what each text says of itself", () => {
    const note = "*Texte de répétition.*";
    const manuscript = ofTexts(`${note}\n\n# Un\n\na`, `${note}\n\n# Deux\n\n*b*`);
    expect(manuscript.about.filter((line) => line === "Texte de répétition.")).toHaveLength(1);
    expect(JSON.stringify(manuscript.chapters)).not.toContain("répétition");
    expect(titlesOf(manuscript)).toEqual(["Un", "Deux"]);
  });

  test("gives pictures to chapters by their place", () => {
    const pictures = [null, "two.png", "three.png"];
    const manuscript = readManuscript(testBook({ pictures }));
    expect(manuscript.chapters.map(({ picturePath }) => picturePath)).toEqual([null, "two.png"]);
  });
});
