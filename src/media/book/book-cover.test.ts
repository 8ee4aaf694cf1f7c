import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { testBook } from "./book.testdata.ts";
import { chooseFonts } from "./book-fonts.ts";
import { drawCover } from "./book-cover.ts";
import { readManuscript } from "./manuscript.ts";

describe("drawCover", () => {
  test("keeps the subtitle clear of a title whose letters reach far down", async () => {
    const manuscript = readManuscript(testBook({ title: "عربي جميع", subtitle: "ETE", author: "" }));
    const fonts = chooseFonts(manuscript.title).further;
    const { jpeg } = await drawCover({ manuscript, picturePath: null, hasTitle: true, fonts });
    expect(await rowsOfLetters(jpeg)).toBe(2);
  });
});

/** How many bands of rows with bright letters there are, with dark rows between them. */
async function rowsOfLetters(jpeg: Uint8Array): Promise<number> {
  const { data, info } = await sharp(jpeg).greyscale().raw().toBuffer({ resolveWithObject: true });
  let bands = 0;
  let wasBright = false;
  for (let y = 0; y < info.height; y += 1) {
    const isBright = data.subarray(y * info.width, (y + 1) * info.width).some((light) => light > 220);
    if (isBright && !wasBright) bands += 1;
    wasBright = isBright;
  }
  return bands;
}
