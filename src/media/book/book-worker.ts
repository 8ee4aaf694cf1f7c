import { writeFile } from "node:fs/promises";
import { z } from "zod";
import { serveWorker } from "../child-worker.ts";
import { bookSchema, type Book } from "./book.ts";
import { drawCover } from "./book-cover.ts";
import { chooseFonts } from "./book-fonts.ts";
import { readPicture, type BookPicture } from "./book-pictures.ts";
import { checkEpub } from "./epub-check.ts";
import { writeEpub } from "./epub.ts";
import { readManuscript } from "./manuscript.ts";
import { writePdf } from "./pdf.ts";

const requestSchema = z.object({ book: bookSchema, epubPath: z.string(), pdfPath: z.string() });

/** Makes both files of a book. What is wrong with what it was given is an answer; only what is wrong with itself is thrown. */
serveWorker(requestSchema, async ({ book, epubPath, pdfPath }, onProgress) => {
  const read = await readManuscriptPictures(book, (fraction) => onProgress(0.4 * fraction));
  if ("unreadable" in read) return read;
  const { manuscript, pictures } = read;
  const fonts = chooseFonts(JSON.stringify(manuscript));
  const coverOf = () =>
    drawCover({
      manuscript,
      picturePath: book.coverPath,
      hasTitle: book.hasCoverTitle,
      fonts: fonts.further,
    });
  const cover = await coverOf().catch(() => null);
  if (cover === null) return { unreadable: "cover" };
  onProgress(0.5);
  const parts = { manuscript, cover, pictures, sourceType: book.sourceType };
  const epub = writeEpub({ ...parts, further: fonts.further });
  onProgress(0.6);
  const faults = await checkEpub(epub);
  if (faults.length > 0) return { faults: faults.slice(0, 10) };
  onProgress(0.7);
  const pdf = await writePdf({ ...parts, fonts });
  await writeFile(epubPath, epub);
  await writeFile(pdfPath, pdf);
  onProgress(1);
  return { title: manuscript.title, chapterCount: manuscript.chapters.length, missing: fonts.missing };
});

async function readManuscriptPictures(book: Book, onProgress: (fraction: number) => void) {
  const manuscript = readManuscript(book);
  const pictures: (BookPicture | null)[] = [];
  for (const [index, { picturePath }] of manuscript.chapters.entries()) {
    const picture =
      picturePath === null ? null : await readPicture(picturePath).catch(() => "unreadable" as const);
    if (picture === "unreadable") return { unreadable: index };
    pictures.push(picture);
    onProgress((index + 1) / manuscript.chapters.length);
  }
  return { manuscript, pictures };
}
