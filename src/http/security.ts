import { createMiddleware } from "hono/factory";
import { RelaisError } from "../errors.ts";
import type { AppContext, AppEnv } from "./app-env.ts";

export const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];

/** Sets the headers that keep a browser from treating answers as anything else than what they are. */
export const securityHeaders = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  const { headers } = c.res;
  setDefault(headers, "Content-Security-Policy", CONTENT_SECURITY_POLICY);
  headers.set("X-Content-Type-Options", "nosniff");
  setDefault(headers, "Referrer-Policy", "no-referrer");
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  setDefault(headers, "Cache-Control", "no-store");
});

/**
 * Refuses a request whose `Host` is not this server (DNS rebinding) or whose `Origin` is another site (cross-site
 * requests). `allowedHosts` holds names, with a port where only that port is meant.
 */
export function sameSiteOnly(settings: { host: string; allowedHosts: string[] }) {
  const allowed = new Set([
    ...LOOPBACK_NAMES,
    ...[settings.host, ...settings.allowedHosts].map((host) => bracketed(host.trim().toLowerCase())),
  ]);
  return createMiddleware<AppEnv>(async (c, next) => {
    const host = requestHost(c);
    if (!host || !(allowed.has(host.host) || allowed.has(host.hostname))) throw foreignHost();
    if (isCrossSite(c, host.host)) throw foreignOrigin();
    await next();
  });
}

function isCrossSite(c: AppContext, host: string): boolean {
  const origin = c.req.header("Origin");
  if (origin !== undefined) return hostOfOrigin(origin) !== host;
  const isReading = c.req.method === "GET" || c.req.method === "HEAD";
  return !isReading && c.req.header("Sec-Fetch-Site") === "cross-site";
}

/** The host that the request was sent to, lower case; the usual ports are left out, as in an `Origin`. */
function requestHost(c: AppContext): { host: string; hostname: string } | null {
  const text = c.req.header("Host") ?? new URL(c.req.url).host;
  if (!/^[\w.\-[\]:]+$/.test(text)) return null;
  const address = parseUrl(`http://${text}`);
  return address ? { host: withoutUsualPort(address.host), hostname: address.hostname } : null;
}

function hostOfOrigin(origin: string): string | null {
  const address = parseUrl(origin);
  if (!address || (address.protocol !== "http:" && address.protocol !== "https:")) return null;
  return withoutUsualPort(address.host);
}

/** Behind a proxy that ends TLS, the browser says https and no port while the server is spoken to in plain http. */
function withoutUsualPort(host: string): string {
  return host.replace(/:(?:80|443)$/, "");
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** IPv6 addresses stand in brackets in a Host header. */
function bracketed(host: string): string {
  return host.split(":").length > 2 && !host.startsWith("[") ? `[${host}]` : host;
}

function setDefault(headers: Headers, name: string, value: string): void {
  if (!headers.has(name)) headers.set(name, value);
}

function foreignHost(): RelaisError {
  return new RelaisError("forbidden_host", {
    fr: "Cette adresse n’est pas une de celles de ce serveur. Rien n’a été fait. Si elle doit l’être, ajoutez son nom à RELAIS_ALLOWED_HOSTS et redémarrez.",
    en: "This address is not one of this server’s. Nothing was done. If it is meant to be, add its name to RELAIS_ALLOWED_HOSTS and restart.",
  });
}

function foreignOrigin(): RelaisError {
  return new RelaisError("forbidden_origin", {
    fr: "La requête vient d’un autre site, et Relais n’en accepte que de sa propre page. Rien n’a été fait ; passez par la page de Relais ou par un programme.",
    en: "The request comes from another site, and Relais takes requests from its own page only. Nothing was done; use the page of Relais, or a program.",
  });
}
