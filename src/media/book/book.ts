import { z } from "zod";

/** Languages that a book can be set in: hyphenation, typography and the few words that Relais adds. */
export const BOOK_LANGUAGES = ["fr", "en", "es", "de", "it", "pt"] as const;
export type BookLanguage = (typeof BOOK_LANGUAGES)[number];

/** Page sizes in millimeters. */
export const PAGE_SIZES = {
  A5: { widthMm: 148, heightMm: 210 },
  "6x9": { widthMm: 152.4, heightMm: 228.6 },
} as const;
export type PageSize = keyof typeof PAGE_SIZES;

/** Values of IPTC's `digitalSourceType`, without their address: how what is in the book came about. */
const SOURCE_TYPES = [
  "trainedAlgorithmicMedia",
  "algorithmicMedia",
  "compositeWithTrainedAlgorithmicMedia",
] as const;
export type SourceType = (typeof SOURCE_TYPES)[number];

/** Where the values of `digitalSourceType` are defined (IPTC NewsCodes). */
export const SOURCE_TYPE_ADDRESS = "http://cv.iptc.org/newscodes/digitalsourcetype/";

/** A book as it is asked for: texts are Markdown that nobody has looked at yet, pictures are files. */
export const bookSchema = z.object({
  /** Empty where the text's own title, or else the topic, is the title. */
  title: z.string(),
  topic: z.string(),
  subtitle: z.string(),
  author: z.string(),
  language: z.enum(BOOK_LANGUAGES),
  description: z.string(),
  pageSize: z.enum(["A5", "6x9"]),
  /** Stands on a page of its own before the contents; empty for none. */
  foreword: z.string(),
  /** One text without a title is split at its headings. */
  chapters: z.array(
    z.object({
      /** Empty where the text's first heading, or else its number, is the title. */
      title: z.string(),
      markdown: z.string(),
    }),
  ),
  /** One for each chapter; null, or left out at the end, where it has none. */
  pictures: z.array(z.string().nullable()),
  coverPath: z.string().nullable(),
  /** Whether title and author are set on the cover's picture. */
  hasCoverTitle: z.boolean(),
  /** Null where nothing tells how the texts and pictures came about. */
  sourceType: z.enum(SOURCE_TYPES).nullable(),
  /** The models that wrote and drew, as a reader may see them. */
  models: z.array(z.string()),
});

export type Book = z.output<typeof bookSchema>;
