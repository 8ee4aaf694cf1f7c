import { Hono } from "hono";
import { html } from "hono/html";
import { RelaisError, type Language } from "../errors.ts";
import { isAccessToken, LOGIN_PATH, startSession } from "./access.ts";
import type { AppEnv } from "./app-env.ts";
import { messagePage } from "./message-page.ts";

const HOME = "/combinations";
const MAX_WRONG = 10;
const WRONG_WINDOW_MS = 60_000;

const WORDS = {
  title: { fr: "Accès à Relais", en: "Access to Relais" },
  label: { fr: "Jeton d’accès", en: "Access token" },
  hint: {
    fr: "C’est la valeur de RELAIS_ACCESS_TOKEN sur ce serveur.",
    en: "It is the value of RELAIS_ACCESS_TOKEN on this server.",
  },
  enter: { fr: "Entrer", en: "Enter" },
  wrong: {
    fr: "Ce n’est pas le jeton de ce serveur. Vérifiez-le et essayez de nouveau.",
    en: "This is not the token of this server. Check it and try again.",
  },
} satisfies Record<string, Record<Language, string>>;

/** The login page. Where there is no access token it leads straight to the page of Relais. */
export function loginRoutes(accessToken: string | null) {
  const wrong = new WrongTries();
  const app = new Hono<AppEnv>();

  app.use(LOGIN_PATH, async (c, next) => {
    // Without any referrer a browser sends the form with the origin "null", which is refused as foreign.
    c.header("Referrer-Policy", "same-origin");
    await next();
  });

  app.get(LOGIN_PATH, (c) => {
    if (accessToken === null) return c.redirect(HOME, 302);
    return c.html(loginPage({ language: c.get("language"), next: localPath(c.req.query("next")) }));
  });

  app.post(LOGIN_PATH, async (c) => {
    if (accessToken === null) return c.redirect(HOME, 303);
    if (wrong.areTooMany()) throw tooManyTries();
    const form = await c.req.parseBody();
    const token = typeof form["token"] === "string" ? form["token"] : "";
    const next = localPath(typeof form["next"] === "string" ? form["next"] : undefined);
    if (token !== "" && isAccessToken(token, accessToken)) {
      startSession(c, accessToken);
      return c.redirect(next, 303);
    }
    wrong.add();
    return c.html(loginPage({ language: c.get("language"), next, isWrong: true }), 401);
  });

  return app;
}

function loginPage(page: { language: Language; next: string; isWrong?: boolean }) {
  const { language } = page;
  const wrong = page.isWrong ? html`<p role="alert"><strong>${WORDS.wrong[language]}</strong></p>` : "";
  return messagePage({
    language,
    title: WORDS.title[language],
    content: html`${wrong}
      <form method="post" action="${LOGIN_PATH}?lang=${language}">
        <label for="token">${WORDS.label[language]}</label>
        <input
          id="token"
          name="token"
          type="password"
          autocomplete="current-password"
          required
          autofocus
          aria-describedby="hint"
        />
        <p id="hint">${WORDS.hint[language]}</p>
        <input type="hidden" name="next" value="${page.next}" />
        <button type="submit">${WORDS.enter[language]}</button>
      </form>`,
  });
}

/** A path on this server and its query, in the characters that addresses are written in. */
const LOCAL_PATH = /^\/(?![/\\])[\w\-./]*(?:\?[\w\-./~%!$&()*+,;=:@?]*)?$/;

/** A path on this server; anything else, and `//other.site` above all, becomes the page of Relais. */
function localPath(text: string | undefined): string {
  return text !== undefined && LOCAL_PATH.test(text) ? text : HOME;
}

/** Slows down whoever guesses tokens: after ten wrong ones within a minute nobody may try for a while. */
class WrongTries {
  #times: number[] = [];

  areTooMany(): boolean {
    const since = Date.now() - WRONG_WINDOW_MS;
    this.#times = this.#times.filter((time) => time > since);
    return this.#times.length >= MAX_WRONG;
  }

  add(): void {
    this.#times.push(Date.now());
  }
}

function tooManyTries(): RelaisError {
  return new RelaisError("too_many_requests", {
    fr: "Trop d’essais avec un jeton faux. Attendez une minute, puis essayez de nouveau.",
    en: "Too many tries with a wrong token. Wait a minute, then try again.",
  });
}
