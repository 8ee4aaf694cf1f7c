import { createMiddleware } from "hono/factory";
import type { Language, LocalText } from "../errors.ts";
import type { AppEnv } from "./app-env.ts";

const DEFAULT_LANGUAGE: Language = "fr";

/** Sets the language of a request and says it in the answer. */
export const requestLanguage = createMiddleware<AppEnv>(async (c, next) => {
  const language = chooseLanguage({
    query: c.req.query("lang"),
    acceptLanguage: c.req.header("Accept-Language"),
  });
  c.set("language", language);
  await next();
  c.res.headers.set("Content-Language", language);
  c.res.headers.append("Vary", "Accept-Language");
});

/**
 * `?lang=fr|en` decides, then the best of `Accept-Language` that Relais speaks, then French. `*` is French.
 */
export function chooseLanguage(request: {
  query?: string | undefined;
  acceptLanguage?: string | undefined;
}): Language {
  if (request.query === "fr" || request.query === "en") return request.query;
  let best: { language: Language; quality: number } | null = null;
  for (const part of (request.acceptLanguage ?? "").split(",")) {
    const [range = "", ...parameters] = part.split(";").map((piece) => piece.trim().toLowerCase());
    const language = languageOfRange(range);
    const quality = qualityOf(parameters);
    if (language && quality > 0 && quality > (best?.quality ?? 0)) best = { language, quality };
  }
  return best?.language ?? DEFAULT_LANGUAGE;
}

/** The sentence of a text in the language that was asked for. */
export function localize(text: LocalText, language: Language): string {
  return text[language];
}

function languageOfRange(range: string): Language | null {
  if (range === "*") return DEFAULT_LANGUAGE;
  const primary = range.split("-")[0];
  return primary === "fr" || primary === "en" ? primary : null;
}

function qualityOf(parameters: string[]): number {
  const text = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  if (text === undefined) return 1;
  const quality = Number(text);
  return quality >= 0 && quality <= 1 ? quality : 0;
}
