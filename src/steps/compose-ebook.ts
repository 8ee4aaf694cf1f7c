import { titleForFile } from "../workflow/result-names.ts";
import path from "node:path";
import { z } from "zod";
import { BOOK_LANGUAGES, type Book, type BookLanguage } from "../media/book/book.ts";
import { BOOK_WORDS } from "../media/book/book-words.ts";
import { readChapterTexts, type ChapterText } from "../media/book/chapter-texts.ts";
import { makeBook, type MadeBook } from "../media/book/make-book.ts";
import { languageOf } from "../providers/local/language.ts";
import type { Json } from "../workflow/values.ts";
import { ComposeFailure, type ComposeContext, type Composer, type ComposeRequest } from "./composer.ts";

const MAX_CHAPTERS = 500;
/** About two thousand pages. */
const MAX_CHARACTERS = 4_000_000;

const parametersSchema = z.object({
  chapters: z.json().optional(),
  title: z.string().default(""),
  subtitle: z.string().default(""),
  author: z.string().default(""),
  cover: z.json().optional(),
  cover_title: z.boolean().default(true),
  images: z.json().optional(),
  language: z.enum(["auto", ...BOOK_LANGUAGES]).default("auto"),
  page_size: z.enum(["A5", "6x9"]).default("A5"),
  description: z.string().default(""),
});
type Parameters = z.output<typeof parametersSchema>;

/** Makes an EPUB and a PDF of the same book: the EPUB first. */
export const composeEbook: Composer = async (request, context) => {
  const parameters = parametersSchema.parse(request.parameters);
  const book = await bookOf(request, parameters, context);
  const epubPath = path.join(context.folder, "book.epub");
  const pdfPath = path.join(context.folder, "book.pdf");
  const made = await makeBook(book, {
    epubPath,
    pdfPath,
    signal: context.signal,
    onProgress: (fraction) => context.onProgress(fraction),
  });
  const title = titleOf(made);
  const name = titleForFile(title) || "book";
  return {
    medium: "document",
    files: [
      { path: epubPath, name: `${name}.epub`, mediaType: "application/epub+zip" },
      { path: pdfPath, name: `${name}.pdf`, mediaType: "application/pdf" },
    ],
  };
};

async function bookOf(
  { prompt, topic }: ComposeRequest,
  parameters: Parameters,
  context: ComposeContext,
): Promise<Book> {
  const given = parameters.chapters ?? null;
  const isPromptTheText = given === null || given === "";
  const language = bookLanguage(parameters, [textsIn(given), prompt, topic]);
  const chapters = acceptChapters(isPromptTheText ? prompt : given, language);
  const pictures = await picturesOf(parameters.images ?? null, context);
  const [cover] = await context.files(parameters.cover);
  return {
    title: parameters.title,
    topic,
    subtitle: parameters.subtitle,
    author: parameters.author,
    language,
    description: parameters.description,
    pageSize: parameters.page_size,
    foreword: isPromptTheText ? "" : prompt,
    chapters: chapters.map(({ title, markdown }) => ({ title, markdown })),
    // One text may become many chapters.
    pictures: chapters.length === 1 ? pictures : chapters.map(({ index }) => pictures[index] ?? null),
    coverPath: cover?.path ?? null,
    hasCoverTitle: parameters.cover_title,
    sourceType: context.provenance?.source ?? null,
    models: context.provenance?.madeBy ?? [],
  };
}

/** A book of any language can be named; by itself Relais tells French from English. */
function bookLanguage({ language, title }: Parameters, texts: string[]): BookLanguage {
  return language === "auto" ? languageOf(...texts, title) : language;
}

function textsIn(value: Json): string {
  if (typeof value === "string") return value;
  if (value === null || typeof value !== "object") return "";
  return Object.values(value).map(textsIn).join("\n");
}

function acceptChapters(given: Json, language: BookLanguage): ChapterText[] {
  const chapters = readChapterTexts(given, BOOK_WORDS[language]);
  if (chapters === null) {
    throw new ComposeFailure({
      fr: "Un chapitre n’est ni un texte, ni un objet avec « title » et « text », ni un quiz. Donnez à « chapters » le résultat d’une étape de texte, par exemple {step2_output}.",
      en: "A chapter is neither a text, nor an object with “title” and “text”, nor a quiz. Give “chapters” the output of a text step, for example {step2_output}.",
    });
  }
  if (chapters.length === 0) {
    throw new ComposeFailure({
      fr: "Le livre n’a aucun chapitre : tous les textes reçus sont vides. Vérifiez l’étape qui les écrit, puis relancez celle-ci.",
      en: "The book has no chapter: all texts that it was given are empty. Check the step that writes them, then run this one again.",
    });
  }
  const characters = chapters.reduce((sum, { markdown }) => sum + markdown.length, 0);
  if (chapters.length > MAX_CHAPTERS || characters > MAX_CHARACTERS) {
    throw new ComposeFailure({
      fr: `Le livre est trop long : ${chapters.length} chapitres et ${characters} caractères, pour au plus ${MAX_CHAPTERS} et ${MAX_CHARACTERS}. Faites-en plusieurs volumes.`,
      en: `The book is too long: ${chapters.length} chapters and ${characters} characters, of at most ${MAX_CHAPTERS} and ${MAX_CHARACTERS}. Make several volumes of it.`,
    });
  }
  return chapters;
}

/** A picture for each chapter, by its place in the list; null where its item failed. */
async function picturesOf(given: Json, { files }: ComposeContext): Promise<(string | null)[]> {
  const entries = Array.isArray(given) ? given.flat() : [given];
  const pictures: (string | null)[] = [];
  for (const entry of entries) {
    const [picture] = await files(entry);
    pictures.push(picture?.path ?? null);
  }
  return pictures;
}

function titleOf(made: MadeBook): string {
  if ("title" in made) return made.title;
  if ("faults" in made) {
    throw new ComposeFailure({
      fr: `L’EPUB n’a pas passé son contrôle (${made.faults[0] ?? ""}) et n’est donc pas livré. Simplifiez la mise en forme du texte, puis relancez cette étape.`,
      en: `The EPUB did not pass its check (${made.faults[0] ?? ""}), and so is not handed over. Simplify the formatting of the text, then run this step again.`,
    });
  }
  const { unreadable } = made;
  const which =
    unreadable === "cover"
      ? { fr: "L’image de couverture", en: "The cover picture" }
      : { fr: `L’image du chapitre ${unreadable + 1}`, en: `The picture of chapter ${unreadable + 1}` };
  throw new ComposeFailure({
    fr: `${which.fr} ne peut pas être lue : il faut un JPEG, un PNG, un WebP, un AVIF, un GIF ou un TIFF entier, de 100 millions de pixels au plus. Remplacez-la, puis relancez cette étape.`,
    en: `${which.en} cannot be read: it takes a whole JPEG, PNG, WebP, AVIF, GIF or TIFF of at most 100 million pixels. Replace it, then run this step again.`,
  });
}
