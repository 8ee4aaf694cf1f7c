import { z } from "zod";
import { type ChildLimits, runInChild } from "../child-process.ts";
import type { Book } from "./book.ts";

/** Two thousand pages are set in about a minute. */
const LIMITS: ChildLimits = { seconds: 3_600, memoryMib: 4_096 };

const madeSchema = z.union([
  z.object({ title: z.string(), chapterCount: z.number(), missing: z.array(z.string()) }),
  /** The picture that cannot be read: the cover, or that of a chapter, counted from 0. */
  z.object({ unreadable: z.union([z.literal("cover"), z.number()]) }),
  /** What a check of the EPUB found. */
  z.object({ faults: z.array(z.string()) }),
]);
export type MadeBook = z.output<typeof madeSchema>;

export interface BookWriting {
  epubPath: string;
  pdfPath: string;
  signal: AbortSignal;
  /** Between 0 and 1. */
  onProgress(fraction: number): void;
}

/**
 * Writes a book as EPUB 3 and as PDF, in a child process. Nothing is written where a picture cannot be read or the check
 * of the EPUB finds a fault. The same book gives the same bytes.
 * @throws ChildFailure where the child breaks off; the signal's reason where it was aborted.
 */
export function makeBook(book: Book, writing: BookWriting): Promise<MadeBook> {
  return runInChild({
    worker: new URL("./book-worker.ts", import.meta.url),
    request: { book, epubPath: writing.epubPath, pdfPath: writing.pdfPath },
    result: madeSchema,
    signal: writing.signal,
    onProgress: (fraction) => writing.onProgress(fraction),
    limits: LIMITS,
  });
}
