import { describe, expect, test } from "vitest";
import { chapterTitleIn } from "./chapter-title.ts";

describe("chapterTitleIn", () => {
  test("finds what a prompt names in quotation marks behind the word chapter", () => {
    expect(chapterTitleIn("Écrivez le chapitre «\u00a0Le départ\u00a0» d’un livre")).toBe("Le départ");
    expect(chapterTitleIn("Write chapter 2, “The way”, of a book")).toBe("The way");
  });

  test("finds none elsewhere", () => {
    expect(chapterTitleIn("Rédige un article sur « Blockchain »")).toBeNull();
    expect(chapterTitleIn("Write a chapter. Call the book “No”")).toBeNull();
  });
});
