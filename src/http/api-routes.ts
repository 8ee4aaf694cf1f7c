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

function sentence(problems: Problem[]): LocalText {
  const [first] = problems;
  const more = problems.length - 1;
  return {
    fr: `${first ? `${first.path || "la requête"} : ${first.message.fr}` : ""}${more > 0 ? ` (et ${more} autre${more > 1 ? "s" : ""})` : ""} Rien n'a été enregistré ni dépensé.`,
    en: `${first ? `${first.path || "the request"}: ${first.message.en}` : ""}${more > 0 ? ` (and ${more} more)` : ""} Nothing was stored or spent.`,
  };
}
