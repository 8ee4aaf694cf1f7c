import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { RelaisError } from "../errors.ts";
import type { AppEnv } from "./app-env.ts";
import { NOT_JSON } from "./problem.ts";

const MAX_BODY_BYTES = 1024 * 1024;
/** Deeper nesting than any step needs; it keeps validation from running out of stack. */
const MAX_JSON_DEPTH = 64;

/** Refuses a body over 1 MiB, whether or not its length was announced. */
export const limitBody = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw new RelaisError("body_too_large", {
      fr: "Le corps de la requête dépasse 1 Mio. Rien n’a été fait ni dépensé ; raccourcissez-le.",
      en: "The body of the request is over 1 MiB. Nothing was done or spent; make it shorter.",
    });
  },
});

/** Takes JSON only (a form from another site cannot send it), and none that is nested without measure. */
export const jsonBodyOnly = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.method === "GET" || c.req.method === "HEAD") return next();
  const contentType = c.req.header("Content-Type");
  if (contentType !== undefined && !isJson(contentType)) {
    throw new RelaisError("unsupported_media_type", NOT_JSON);
  }
  const text = await c.req.text();
  if (contentType === undefined && text !== "") throw new RelaisError("unsupported_media_type", NOT_JSON);
  if (jsonDepth(text) > MAX_JSON_DEPTH) throw tooDeep();
  return next();
});

function isJson(contentType: string): boolean {
  return /^application\/json\s*(?:;|$)/i.test(contentType.trim());
}

/** How deep lists and objects stand in one another in a JSON text. */
export function jsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (isInString) {
      if (character === "\\") index++;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === "[" || character === "{") deepest = Math.max(deepest, ++depth);
    else if (character === "]" || character === "}") depth--;
  }
  return deepest;
}

function tooDeep(): RelaisError {
  const message = {
    fr: `Les listes et objets s’imbriquent sur plus de ${MAX_JSON_DEPTH} niveaux.`,
    en: `Lists and objects are nested over ${MAX_JSON_DEPTH} levels deep.`,
  };
  const detail = {
    fr: `${message.fr} Rien n’a été fait ni dépensé ; envoyez un document plus plat.`,
    en: `${message.en} Nothing was done or spent; send a flatter document.`,
  };
  return new RelaisError("invalid_request", detail, [{ path: "", message }]);
}
