import { today } from "../http/today.ts";
import { createRegistry } from "../providers/registry.ts";
import { answerSchemaProblem } from "../steps/answer-schema.ts";
import { checkWorkflow } from "../workflow/validation.ts";
import { EXIT, type ExitCode } from "./command-failure.ts";
import type { Terminal } from "./terminal.ts";
import { problemLines, readWorkflowFile } from "./workflow-file.ts";

/** `relais validate FILE`: holds a workflow file to every rule, without running or storing anything. */
export function validate(file: string, terminal: Terminal): ExitCode {
  const { language } = terminal;
  const read = readWorkflowFile(file);
  // Which keys are set does not matter here: a workflow is good or not whatever the machine.
  const check =
    "workflow" in read
      ? checkWorkflow(read.workflow, createRegistry({ providers: [], config: {} }), {
          today: today(),
          schemaProblem: answerSchemaProblem,
        })
      : { problems: read.problems, warnings: [] };
  const { problems } = check;
  if (check.warnings.length > 0) {
    terminal.note({ fr: `${file}, à savoir :`, en: `${file}, worth knowing:` });
    terminal.note(problemLines(check.warnings, language));
  }
  if (problems.length > 0) {
    terminal.note({ fr: `${file} n’est pas valide :`, en: `${file} is not valid:` });
    terminal.note(problemLines(problems, language));
    return EXIT.failed;
  }
  const steps = "workflow" in read ? read.workflow.steps.length : 0;
  terminal.print({
    fr: `${file} est valide (${steps} ${steps === 1 ? "étape" : "étapes"}).`,
    en: `${file} is valid (${steps} ${steps === 1 ? "step" : "steps"}).`,
  });
  return EXIT.completed;
}
