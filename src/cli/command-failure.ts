import type { LocalText } from "../errors.ts";

/** How a command ended, as its exit code tells scripts. */
export const EXIT = { completed: 0, failed: 1, usage: 2, waiting: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command that cannot go on, with the sentence that says why and what to do. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly detail: LocalText;
  readonly exitCode: ExitCode;

  constructor(detail: LocalText, exitCode: ExitCode = EXIT.failed) {
    super(detail.en);
    this.detail = detail;
    this.exitCode = exitCode;
  }
}
