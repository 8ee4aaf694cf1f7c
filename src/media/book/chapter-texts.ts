import { z } from "zod";
import type { Json } from "../../workflow/values.ts";
import type { BookWords } from "./book-words.ts";

export interface ChapterText {
  /** Empty where the text's first heading is the title. */
  title: string;
  markdown: string;
  /** Its place in what was given, counted from 0, by which its picture is found. */
  index: number;
}

const titledSchema = z.object({ title: z.string().nullish(), text: z.string() });
const holderSchema = z.object({ chapters: z.array(z.json()) });
const quizSchema = z.object({
  title: z.string().nullish(),
  questions: z
    .array(
      z.object({
        question: z.string(),
        choices: z.array(z.string()).optional(),
        answer: z.union([z.string(), z.number()]),
        explanation: z.string().nullish(),
      }),
    )
    .min(1),
});

/**
 * Chapters as a workflow hands them over: one Markdown text, a list of texts, of `{title, text}` or of quizzes
 * (`{title, questions: [{question, choices, answer, explanation}]}`), or lists of these. What is empty, and `null` of an item
 * that failed, is left out. Null where there is anything else in it.
 */
export function readChapterTexts(given: Json, words: BookWords): ChapterText[] | null {
  const chapters: ChapterText[] = [];
  for (const [index, entry] of flattened(given).entries()) {
    const chapter = readEntry(entry, words);
    if (chapter === null) return null;
    if (chapter.markdown.trim() !== "") chapters.push({ ...chapter, index });
  }
  return chapters;
}

function readEntry(entry: Json, words: BookWords): Omit<ChapterText, "index"> | null {
  if (entry === null) return { title: "", markdown: "" };
  if (typeof entry === "string") return { title: "", markdown: entry };
  const titled = titledSchema.safeParse(entry).data;
  if (titled !== undefined) return { title: titled.title ?? "", markdown: titled.text };
  const quiz = quizSchema.safeParse(entry).data;
  return quiz === undefined ? null : { title: quiz.title ?? words.quiz, markdown: quizText(quiz, words) };
}

/** A list in a list stands for its own entries, and so does an object that holds nothing but `chapters`. */
function flattened(given: Json): Json[] {
  if (Array.isArray(given)) return given.flatMap(flattened);
  const holder = holderSchema.safeParse(given).data;
  return holder === undefined ? [given] : flattened(holder.chapters);
}

/** Questions first, and all answers behind them, where they give nothing away. */
function quizText({ questions }: z.output<typeof quizSchema>, words: BookWords): string {
  const asked = questions.map(({ question, choices = [] }, index) => {
    const listed = choices.map((choice, at) => `- **${letterOf(at)}.** ${oneLine(choice)}`);
    return [`**${index + 1}.** ${oneLine(question)}`, listed.join("\n")]
      .filter((part) => part !== "")
      .join("\n\n");
  });
  const answers = questions.map(({ answer, choices = [], explanation }, index) => {
    const at = typeof answer === "number" ? answer : choices.indexOf(answer);
    const choice = choices[at];
    const said = choice === undefined ? String(answer) : `${letterOf(at)}. ${choice}`;
    return `${index + 1}. ${oneLine([`**${said}**`, explanation ?? ""].filter((part) => part !== "").join(" — "))}`;
  });
  return [...asked, `## ${words.answers}`, ...answers].join("\n\n");
}

function letterOf(index: number): string {
  return String.fromCodePoint(65 + (index % 26));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
