import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import { CONTENT_SECURITY_POLICY } from "./security.ts";

const TOKEN = "correct horse battery staple";
const LIST = "/api/combinations/workflows";

let rig: HttpRig;

beforeAll(async () => {
  rig = await openHttpRig({
    settings: { accessToken: TOKEN, allowedHosts: ["relais.example", "other.example:8443"] },
  });
});

afterAll(() => rig.close());

function logIn(token: string, next?: string): Promise<Response> {
  const form = new URLSearchParams({ token, ...(next !== undefined && { next }) });
  return Promise.resolve(
    rig.app.request("/login", {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: form.toString(),
    }),
  );
}

describe("an access token", () => {
  test.each([
    LIST,
    "/api/openapi.json",
    "/metrics",
    "/assets/a.js",
    "/docs/errors",
    "/nothing",
    "/api/combinations/artifacts/x",
  ])("keeps %s closed", async (path) => {
    const response = await rig.send("GET", path);
    expect(response.status).toBe(401);
    expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
    expect(JSON.parse(await response.text())).toMatchObject({ code: "unauthorized" });
  });

  test.each(["/healthz", "/readyz", "/login"])("leaves %s open", async (path) => {
    expect((await rig.send("GET", path)).status).toBe(200);
  });

  test.each([`Bearer ${TOKEN}`, `bearer  ${TOKEN}`])("opens with %j", async (authorization) => {
    expect((await rig.send("GET", LIST, undefined, { Authorization: authorization })).status).toBe(200);
  });

  test.each([
    `Bearer ${TOKEN}x`,
    "Bearer ",
    "Bearer",
    TOKEN,
    `Basic ${TOKEN}`,
    "Bearer null",
    "Bearer undefined",
  ])("stays closed with %j", async (authorization) => {
    expect((await rig.send("GET", LIST, undefined, { Authorization: authorization })).status).toBe(401);
  });

  test.each(["", "x", ".", "9999999999.x", "9999999999.", `9999999999.${TOKEN}`, "1.AAAA"])(
    "stays closed with the session %j",
    async (session) => {
      const headers = { Cookie: `relais_session=${session}` };
      expect((await rig.send("GET", LIST, undefined, headers)).status).toBe(401);
    },
  );

  test("sends a person who opens the page to the login page", async () => {
    const response = await rig.send("GET", "/combinations", undefined, { Accept: "text/html" });
    expect(response.status).toBe(302);
    expect(response.headers.get("Location")).toBe("/login?next=%2Fcombinations");
  });

  test("leads back to the page that was asked for, with its query", async () => {
    const asked = "/combinations/new?template=creation-contenu&topic=l%27eau%20%26%20nous";
    const refused = await rig.send("GET", asked, undefined, { Accept: "text/html" });
    const address = new URL(refused.headers.get("Location") ?? "", "http://localhost");
    expect(address.pathname).toBe("/login");
    const page = await (await rig.send("GET", address.pathname + address.search)).text();
    const next = /name="next" value="([^"]*)"/.exec(page)?.[1]?.replaceAll("&amp;", "&");
    expect(next).toBe(asked);
    expect((await logIn(TOKEN, next)).headers.get("Location")).toBe(asked);
  });
});

describe("login", () => {
  test("gives a session cookie that holds no token and opens the API", async () => {
    const response = await logIn(TOKEN, "/combinations/executions/3");
    expect(response.status).toBe(303);
    expect(response.headers.get("Location")).toBe("/combinations/executions/3");
    const cookie = response.headers.get("Set-Cookie") ?? "";
    expect(cookie).toMatch(
      /^relais_session=\d+\.[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(cookie).not.toContain("horse");
    const headers = { Cookie: cookie.split(";")[0] ?? "" };
    expect((await rig.send("GET", LIST, undefined, headers)).status).toBe(200);
  });

  test("gives no session that another token has signed, nor one with a later end", async () => {
    const other = await openHttpRig({ settings: { accessToken: "other" } });
    const response = await logIn(TOKEN);
    const cookie = response.headers.get("Set-Cookie")?.split(";")[0] ?? "";
    expect((await other.send("GET", LIST, undefined, { Cookie: cookie })).status).toBe(401);
    await other.close();
    const later = cookie.replace(/=\d/, "=9");
    expect((await rig.send("GET", LIST, undefined, { Cookie: later })).status).toBe(401);
  });

  test.each([
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "/a\r\nX: y",
    "/a?b\r\nX: y",
    "/a?b=\\evil.example",
    "?/combinations",
    "//evil.example?a=/combinations",
  ])("leads to the page of Relais instead of %j", async (next) => {
    expect((await logIn(TOKEN, next)).headers.get("Location")).toBe("/combinations");
  });

  test("speaks French and English, and shows what it is given as text", async () => {
    expect(await (await rig.send("GET", "/login?lang=fr")).text()).toContain("Jeton d’accès");
    const english = await (await rig.send("GET", "/login?lang=en&next=%22%3E%3Cscript%3E")).text();
    expect(english).toContain("Access token");
    expect(english).toContain('<html lang="en">');
    expect(english).not.toContain("<script>");
  });

  test("refuses a wrong token, and after ten of them every token for a while", async () => {
    const own = await openHttpRig({ settings: { accessToken: TOKEN } });
    const post = (token: string) =>
      own.app.request("/login", { method: "POST", body: new URLSearchParams({ token }) });
    for (let tries = 0; tries < 10; tries++) {
      const response = await post(tries === 0 ? "" : "wrong");
      expect(response.status).toBe(401);
      expect(response.headers.get("Set-Cookie")).toBeNull();
    }
    const response = await post(TOKEN);
    expect(response.status).toBe(429);
    expect(response.headers.get("Set-Cookie")).toBeNull();
    await own.close();
  });
});

describe("names of this server", () => {
  const open = { Authorization: `Bearer ${TOKEN}` };
  const get = async (headers: Record<string, string>) => {
    const response = await rig.send("GET", LIST, undefined, { ...open, ...headers });
    return response.status;
  };

  test.each([
    "localhost",
    "localhost:1234",
    "127.0.0.1:8000",
    "[::1]:8000",
    "relais.example",
    "relais.example:443",
    "other.example:8443",
    "LOCALHOST:8000",
  ])("include %s", async (host) => {
    expect(await get({ Host: host })).toBe(200);
  });

  test.each([
    "other.example",
    "other.example:8444",
    "sub.relais.example",
    "relais.example.evil.example",
    "127.0.0.2",
    "0.0.0.0:8000",
  ])("do not include %s", async (host) => {
    expect(await get({ Host: host })).toBe(403);
  });

  test("take requests from their own page, also behind a proxy that ends TLS", async () => {
    expect(await get({ Host: "localhost:8000", Origin: "http://localhost:8000" })).toBe(200);
    expect(await get({ Host: "relais.example", Origin: "https://relais.example" })).toBe(200);
    expect(await get({ Host: "relais.example", Origin: "https://localhost" })).toBe(403);
  });
});

describe("headers of every answer", () => {
  test.each(["/login", LIST, "/healthz", "/nothing", "/combinations"])(
    "of %s keep the browser strict",
    async (path) => {
      const response = await rig.send("GET", path, undefined, { Authorization: `Bearer ${TOKEN}` });
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "content-security-policy": CONTENT_SECURITY_POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": path === "/login" ? "same-origin" : "no-referrer",
        "cross-origin-opener-policy": "same-origin",
      });
    },
  );

  test("hold the content security policy to the letter", () => {
    expect(CONTENT_SECURITY_POLICY).toBe(
      "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
  });

  test("keep answers of the API out of caches", async () => {
    const response = await rig.send("GET", LIST, undefined, { Authorization: `Bearer ${TOKEN}` });
    expect(response.headers.get("Cache-Control")).toBe("no-store");
  });
});
