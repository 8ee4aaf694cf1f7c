import type { z } from "@hono/zod-openapi";
import type { EditedOutput } from "../engine/approval.ts";
import type { DecisionRequest } from "../engine/engine.ts";
import type { LocalText } from "../errors.ts";
import { answerProblems } from "../steps/answer-schema.ts";
import type { Step } from "../workflow/definition.ts";
import { invalidField } from "./path-id.ts";
import type { decisionBodySchema } from "./schemas.ts";

type DecisionBody = z.output<typeof decisionBodySchema>;

const SHOWN_PROBLEMS = 3;

/**
 * What a person puts in the place of a result.
 * @throws RelaisError `invalid_request` where that is not one thing, or where the decision is another one than `approve`.
 */
export function editedOutputOf({ decision, output = {} }: DecisionBody): EditedOutput {
  if (decision !== "approve") throw invalidField("output", APPROVE_RULE);
  const { text, json, artifact_ids: artifactIds } = output;
  const given = [text, json, artifactIds].filter((value) => value !== undefined);
  if (given.length !== 1) throw invalidField("output", ONE_RULE);
  if (artifactIds !== undefined) return { artifactIds };
  if (text !== undefined) {
    if (text.trim() === "") throw invalidField("output.text", EMPTY_RULE);
    return { text };
  }
  return { json: json ?? null };
}

/** Holds edited JSON to the schema of its step, as the model's was. @throws RelaisError `invalid_request`. */
export function requireFit({ output, stepNumber }: DecisionRequest, steps: readonly Step[]): void {
  const schema = steps.find((step) => step.step_number === stepNumber)?.output_schema ?? null;
  if (schema === null || output === undefined || !("json" in output)) return;
  const problems = answerProblems(schema, output.json);
  if (problems.length === 0) return;
  const said = problems.slice(0, SHOWN_PROBLEMS);
  throw invalidField("output.json", {
    fr: `Ce JSON ne suit pas le schéma de l’étape : ${said.map(({ fr }) => fr).join("\u202f; ")}.`,
    en: `This JSON does not fit the schema of the step: ${said.map(({ en }) => en).join("; ")}.`,
  });
}

const APPROVE_RULE: LocalText = {
  fr: "« output » ne va qu’avec la décision « approve » ; retirez-le.",
  en: "“output” goes with the decision “approve” only; take it out.",
};

const ONE_RULE: LocalText = {
  fr: "Il faut exactement un de « text », « json » et « artifact_ids ».",
  en: "This takes exactly one of “text”, “json” and “artifact_ids”.",
};

const EMPTY_RULE: LocalText = {
  fr: "Ce texte est vide. Écrivez-le, ou refusez le résultat.",
  en: "This text is empty. Write it, or reject the result.",
};
