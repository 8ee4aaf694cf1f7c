import { z } from "zod";

/** What goes into the child process that makes films, and what comes out. */

const wordSchema = z.object({ word: z.string(), start: z.number(), end: z.number() });

export const filmRequestSchema = z.object({
  /** Where the MP4 goes. */
  path: z.string(),
  /** For what is needed meanwhile. */
  folder: z.string(),
  /** Pixels, even. */
  width: z.int(),
  height: z.int(),
  /** Shown at the beginning; "" for none. */
  title: z.string(),
  captions: z.enum(["word", "sentence", "none"]),
  /** What is said or shown in each scene. */
  texts: z.array(z.string()),
  pictures: z
    .array(
      z.object({
        path: z.string(),
        kind: z.enum(["image", "video"]),
        /** It moves less, so that its words are not cut. */
        hasWordsAtFoot: z.boolean(),
      }),
    )
    .min(1),
  /** One for each scene (null for a scene without), or a single one for all of them. */
  speeches: z.array(
    z.object({ path: z.string(), words: z.array(wordSchema).nullable(), text: z.string() }).nullable(),
  ),
  music: z.string().nullable(),
  /** How loud music is between words: 1 is as loud as the voice. */
  musicVolume: z.number(),
  /** Shared evenly by the scenes where no voice says how long they are; null: they say so themselves. */
  seconds: z.number().nullable(),
});
export type FilmRequest = z.output<typeof filmRequestSchema>;

/** What a film cannot be made of. */
const unusableSchema = z.object({
  what: z.enum(["picture", "clip", "speech", "music"]),
  /** Which of them, from 1. */
  number: z.int(),
  why: z.enum(["unreadable", "silent", "too_large"]),
});

export const filmAnswerSchema = z.union([
  z.object({
    seconds: z.number(),
    words: z.array(wordSchema),
    /** Characters of captions and title that no font can draw. */
    missing: z.array(z.string()),
  }),
  z.object({ unusable: unusableSchema }),
  z.object({ tooLong: z.number() }),
]);
export type FilmAnswer = z.output<typeof filmAnswerSchema>;
export type UnusableInput = z.output<typeof unusableSchema>;

/** Something that was handed over cannot be part of a film. */
export class Unusable extends Error {
  readonly input: UnusableInput;

  constructor(input: UnusableInput, options?: ErrorOptions) {
    super(`${input.what} ${input.number} is ${input.why}`, options);
    this.input = input;
  }
}
