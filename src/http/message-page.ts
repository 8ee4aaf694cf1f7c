import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import type { Language } from "../errors.ts";

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

const STYLE = `
  :root { color-scheme: light dark; --ink: #1f1d1a; --ground: #faf8f4; --line: #d9d4ca; --accent: #2f5d50; --on-accent: #fff; }
  @media (prefers-color-scheme: dark) { :root { --ink: #edeae4; --ground: #171614; --line: #3a3732; --accent: #8fc7b3; --on-accent: #171614; } }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink); font: 16px/1.5 Inter, system-ui, sans-serif; }
  main { width: min(26rem, calc(100vw - 3rem)); }
  h1 { font: 600 28px/1.2 Fraunces, Georgia, serif; }
  label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit; }
  input[type=password] { padding: 10px 12px; margin-top: 4px; border: 1px solid var(--line); border-radius: 10px; background: transparent; color: inherit; }
  button { padding: 10px 12px; border: 0; border-radius: 10px; background: var(--accent); color: var(--on-accent); cursor: pointer; }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;

/** A small page that the server writes itself, for what comes before the real page: no script, nothing to load. */
export function messagePage(page: { language: Language; title: string; content: Html }): Html {
  return html`<!doctype html>
    <html lang="${page.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.title}</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <main>
          <h1>${page.title}</h1>
          ${page.content}
        </main>
      </body>
    </html>`;
}
