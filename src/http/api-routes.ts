import { OpenAPIHono } from "@hono/zod-openapi";
import { RelaisError, type ErrorCode, type LocalText, type Problem } from "../errors.ts";
import { problemsOfZodError } from "../workflow/validation.ts";
import type { AppEnv } from "./app-env.ts";

/** An empty set of API routes: what does not fit a route's schema becomes a problem with a path for each mistake. */
export function apiRoutes() {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (!result.success) throw invalid(problemsOfZodError(result.error));
    },
  });
}

/** A request that breaks rules, each with its path. What is wrong with steps or inputs makes it an invalid workflow. */
export function invalid(problems: Problem[]): RelaisError {
  const isWorkflow = problems.length > 0 && problems.every(({ path }) => /^steps\b|^inputs\[/.test(path));
  const code: ErrorCode = isWorkflow ? "invalid_workflow" : "invalid_request";
  return new RelaisError(code, sentence(problems), problems);
}

/** The first problem with its place, and how many there are beside it. */
function sentence([first, ...others]: Problem[]): LocalText {
  const path = { fr: first?.path || "la requête", en: first?.path || "the request" };
  const said = first?.message ?? { fr: "elle ne convient pas.", en: "it does not fit." };
  const count = others.length;
  if (count === 0) {
    return {
      fr: `${path.fr} : ${said.fr} Rien n’a été enregistré ni dépensé.`,
      en: `${path.en}: ${said.en} Nothing was stored or spent.`,
    };
  }
  const more = {
    fr: `(et ${count} ${count === 1 ? "autre problème" : "autres problèmes"})`,
    en: `(and ${count} more ${count === 1 ? "problem" : "problems"})`,
  };
  return {
    fr: `${path.fr} : ${withoutStop(said.fr)} ${more.fr}. Rien n’a été enregistré ni dépensé.`,
    en: `${path.en}: ${withoutStop(said.en)} ${more.en}. Nothing was stored or spent.`,
  };
}

function withoutStop(sentences: string): string {
  return sentences.replace(/\.$/, "");
}
