import { readFile } from "node:fs/promises";
import path from "node:path";
import { Hono } from "hono";
import { html } from "hono/html";
import { getMimeType } from "hono/utils/mime";
import type { Language } from "../errors.ts";
import type { AppContext, AppEnv } from "./app-env.ts";
import { messagePage } from "./message-page.ts";
import { answerNotFound } from "./problem.ts";

/** One plain file name: no folder, no `..`, no hidden file. */
const FILE_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
const IMMUTABLE = "public, max-age=31536000, immutable";

const NOT_BUILT = {
  title: { fr: "La page n’est pas construite", en: "The page is not built" },
  text: {
    fr: "Relais fonctionne, mais les fichiers de sa page manquent. Arrêtez-le, lancez « npm run build », puis démarrez-le de nouveau avec « npm start ».",
    en: "Relais is running, but the files of its page are missing. Stop it, run “npm run build”, then start it again with “npm start”.",
  },
} satisfies Record<string, Record<Language, string>>;

/** Serves the built page from `webFolder` (an `index.html`, its `assets/` and a few files beside it). */
export function pageRoutes(webFolder: string) {
  const app = new Hono<AppEnv>();
  const servePage = async (c: AppContext): Promise<Response> => {
    const page = await readFileOrNull(path.join(webFolder, "index.html"));
    if (!page) return c.html(notBuiltPage(c.get("language")), 503);
    return c.body(page, 200, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-cache" });
  };

  app.get("/", (c) => c.redirect("/combinations", 302));
  app.get("/combinations", servePage);
  app.get("/combinations/*", servePage);
  // Vite puts a hash of the content into these names, so a name never changes its content.
  app.get("/assets/:file", (c) =>
    serveFile(c, {
      folder: path.join(webFolder, "assets"),
      name: c.req.param("file"),
      cacheControl: IMMUTABLE,
    }),
  );
  app.get("/:file{[\\w-]+\\.(?:svg|ico|png|webmanifest|txt)}", (c) =>
    serveFile(c, { folder: webFolder, name: c.req.param("file"), cacheControl: "no-cache" }),
  );
  return app;
}

async function serveFile(
  c: AppContext,
  file: { folder: string; name: string; cacheControl: string },
): Promise<Response> {
  const content = FILE_NAME.test(file.name) ? await readFileOrNull(path.join(file.folder, file.name)) : null;
  if (!content) return answerNotFound(c);
  return c.body(content, 200, {
    "Content-Type": getMimeType(file.name) ?? "application/octet-stream",
    "Cache-Control": file.cacheControl,
  });
}

function notBuiltPage(language: Language) {
  return messagePage({
    language,
    title: NOT_BUILT.title[language],
    content: html`<p>${NOT_BUILT.text[language]}</p>`,
  });
}

async function readFileOrNull(file: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return new Uint8Array(await readFile(file));
  } catch {
    return null;
  }
}
