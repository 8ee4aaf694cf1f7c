import { describe, expect, test } from "vitest";
import { resultFileName, resultFileNames, titleForFile } from "./result-names.ts";

describe("names of the files of results", () => {
  test("say the step, in the order of the steps", () => {
    const article = { stepNumber: 1, stepName: "article", medium: "text" } as const;
    expect(resultFileName(article)).toBe("01-article.md");
    expect(resultFileName({ ...article, stepNumber: 12, medium: "json" })).toBe("12-article.json");
    expect(resultFileName({ stepNumber: 2, stepName: null, medium: "image", mediaType: "image/jpeg" })).toBe(
      "02-image.jpg",
    );
  });

  test("tell items apart, which stay in their order", () => {
    const scene = { stepNumber: 2, stepName: "scene", medium: "image", mediaType: "image/png" } as const;
    expect(resultFileName({ ...scene, item: 6 })).toBe("02-scene-07.png");
    expect(resultFileName({ ...scene, item: 122 })).toBe("02-scene-123.png");
  });

  test("count files of the same kind only", () => {
    const book = { stepNumber: 3, stepName: "livre", medium: "document" } as const;
    expect(
      resultFileNames(book, [{ mediaType: "application/epub+zip" }, { mediaType: "application/pdf" }]),
    ).toEqual(["03-livre.epub", "03-livre.pdf"]);
    const song = { stepNumber: 3, stepName: "chanson", medium: "audio" } as const;
    expect(resultFileNames(song, [{ mediaType: "audio/mpeg; x=y" }, { mediaType: "AUDIO/MPEG" }])).toEqual([
      "03-chanson.mp3",
      "03-chanson-2.mp3",
    ]);
  });

  test("are those that the step gives, made safe, and still different", () => {
    const mediaType = "application/pdf";
    const book = { stepNumber: 3, stepName: "livre", medium: "document" } as const;
    expect(
      resultFileNames(book, [
        { mediaType, name: "L’aube.pdf" },
        { mediaType, name: "l’AUBE.pdf" },
        { mediaType, name: "../../x.sh" },
        { mediaType, name: "///" },
      ]),
    ).toEqual(["03-L’aube.pdf", "03-l’AUBE-2.pdf", "03-x.pdf", "03-livre.pdf"]);
    const sound = { stepNumber: 7, stepName: null, medium: "audio" } as const;
    expect(resultFileNames(sound, [{ mediaType: "audio/mp4", name: "L’aube.m4b" }])).toEqual([
      "07-L’aube.m4b",
    ]);
  });

  test("of a kind that is not known end by their medium", () => {
    const place = { stepNumber: 1, stepName: null } as const;
    expect(resultFileName({ ...place, medium: "video", mediaType: "video/x-new" })).toBe("01-video.mp4");
    expect(resultFileName({ ...place, medium: "document", mediaType: "text/html" })).toBe("01-document.bin");
  });

  test("take from a title only what every file system takes", () => {
    expect(titleForFile("Création de Contenu")).toBe("Création de Contenu");
    expect(titleForFile("../../etc/passwd\r\nX: ?")).toBe("etc passwd X");
    expect(titleForFile("photo\u202egnp")).toBe("photo gnp");
    expect(titleForFile("a".repeat(100))).toHaveLength(60);
    expect(titleForFile("...")).toBe("");
  });

  test("end a long title after a word", () => {
    expect(titleForFile("L’histoire des phares bretons : l’essentiel en quelques minutes")).toBe(
      "L’histoire des phares bretons l’essentiel en quelques",
    );
    expect(titleForFile(`${"mot ".repeat(14)}mots et plus`)).toBe(`${"mot ".repeat(14)}mots`);
  });
});
