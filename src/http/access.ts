import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { getCookie, setCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import { RelaisError } from "../errors.ts";
import type { AppContext, AppEnv } from "./app-env.ts";

export const LOGIN_PATH = "/login";

const COOKIE_NAME = "relais_session";
const SESSION_SECONDS = 30 * 86_400;
const OPEN_PATHS: ReadonlySet<string> = new Set(["/healthz", "/readyz", LOGIN_PATH]);

/**
 * Lets nobody in without the access token, except to the health checks and the login page: everything that is added
 * later is protected without anybody having to remember. Null: Relais listens on loopback only and asks for nothing.
 */
export function accessControl(accessToken: string | null) {
  return createMiddleware<AppEnv>(async (c, next) => {
    if (accessToken === null || OPEN_PATHS.has(c.req.path) || isAllowed(c, accessToken)) return next();
    if (wantsPage(c)) {
      const asked = c.req.path + new URL(c.req.url).search;
      return c.redirect(`${LOGIN_PATH}?next=${encodeURIComponent(asked)}`, 302);
    }
    c.header("WWW-Authenticate", "Bearer");
    throw new RelaisError("unauthorized", {
      fr: "Ce serveur demande son jeton d’accès : l’en-tête « Authorization: Bearer … », ou la page /login. Rien n’a été fait ni dépensé.",
      en: "This server asks for its access token: the header “Authorization: Bearer …”, or the page /login. Nothing was done or spent.",
    });
  });
}

/** Whether a text is the access token; takes the same time wherever the two differ. */
export function isAccessToken(text: string, accessToken: string): boolean {
  return timingSafeEqual(digest(text), digest(accessToken));
}

/** Gives the browser its session: a signature made with the token, so the cookie does not hold the token itself. */
export function startSession(c: AppContext, accessToken: string): void {
  const expires = Math.floor(Date.now() / 1000) + SESSION_SECONDS;
  setCookie(c, COOKIE_NAME, `${expires}.${signature(expires, accessToken)}`, {
    httpOnly: true,
    sameSite: "Strict",
    path: "/",
    maxAge: SESSION_SECONDS,
    secure: c.req.header("X-Forwarded-Proto") === "https",
  });
}

function isAllowed(c: AppContext, accessToken: string): boolean {
  const bearer = /^Bearer +(.+)$/i.exec(c.req.header("Authorization") ?? "")?.[1];
  if (bearer !== undefined) return isAccessToken(bearer, accessToken);
  const [expires = "", signed = ""] = (getCookie(c, COOKIE_NAME) ?? "").split(".");
  if (!/^\d{1,12}$/.test(expires) || Number(expires) < Date.now() / 1000) return false;
  return timingSafeEqual(digest(signed), digest(signature(Number(expires), accessToken)));
}

function wantsPage(c: AppContext): boolean {
  const isPage = !c.req.path.startsWith("/api/") && (c.req.header("Accept") ?? "").includes("text/html");
  return isPage && c.req.method === "GET";
}

function signature(expires: number, accessToken: string): string {
  return createHmac("sha256", accessToken).update(`relais session until ${expires}`).digest("base64url");
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
