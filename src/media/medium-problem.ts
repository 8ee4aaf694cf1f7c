/** Why a file cannot be used as sound or film. */
export const MEDIUM_PROBLEMS = [
  "unreadable",
  "no_sound",
  "no_picture",
  "empty",
  "truncated",
  "too_long",
  "too_many_channels",
  "too_large_a_picture",
] as const;
export type MediumProblemCode = (typeof MEDIUM_PROBLEMS)[number];

/** A file from outside that is not what it was taken for; thrown in workers, handed on as its code. */
export class MediumProblem extends Error {
  override readonly name = "MediumProblem";
  readonly code: MediumProblemCode;

  constructor(code: MediumProblemCode) {
    super(`the file is ${code}`);
    this.code = code;
  }
}
