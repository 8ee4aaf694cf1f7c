import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults, RunOptions } from "axe-core";
import type { BrowserContext, Locator, Page } from "playwright-core";
import type { Language } from "../../src/errors.ts";
import en from "../../web/src/languages/en.json" with { type: "json" };
import fr from "../../web/src/languages/fr.json" with { type: "json" };
import { launchChromium } from "./chromium.ts";

const TEXTS = { fr, en };
export const SIZES = {
  desktop: { width: 1_280, height: 800 },
  phone: { width: 360, height: 740 },
  wide: { width: 2_560, height: 1_200 },
};
const PATIENCE_MS = 30_000;
const AXE_SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What passes is not described, which takes longer than the checks. */
const AXE_OPTIONS: RunOptions = {
  resultTypes: ["violations"],
  rules: { "target-size": { enabled: true } },
};

declare global {
  interface Window {
    axe: {
      run(options: RunOptions): Promise<AxeResults>;
      setup(element: Element): void;
      teardown(): void;
      commons: { text: { accessibleText(element: Element): string } };
    };
    /** What `Screen.record` has seen. */
    seen: Seen[];
  }
}

/** A text that stood on the screen at some moment. */
interface Seen {
  text: string;
  /** Null where nothing was clicked before. */
  msAfterClick: number | null;
}

export interface ScreenOptions {
  /** Origin of the server. */
  url: string;
  /** Where the page opens. */
  path?: string;
  /** The language that was chosen earlier; without one the page decides. */
  language?: Language;
  size?: keyof typeof SIZES;
  /** What the system asks for. */
  theme?: "light" | "dark";
}

export interface TestBrowser {
  /** A window of somebody who has not been here before, apart from what `options` says. */
  open(options: ScreenOptions): Promise<Screen>;
  close(): Promise<void>;
}

export async function openBrowser(): Promise<TestBrowser> {
  const browser = await launchChromium();
  return {
    async open({ url, path = "/combinations", language, size = "desktop", theme = "light" }) {
      const context = await browser.newContext({
        viewport: SIZES[size],
        colorScheme: theme,
        hasTouch: size === "phone",
        reducedMotion: "reduce",
        baseURL: url,
        timezoneId: "Europe/Paris",
        storageState: { cookies: [], origins: language === undefined ? [] : [chosen(url, language)] },
      });
      context.setDefaultTimeout(PATIENCE_MS);
      const screen = new Screen(context, await context.newPage(), language ?? "fr", url);
      await screen.page.goto(path);
      return screen;
    },
    close: () => browser.close(),
  };
}

function chosen(origin: string, language: Language) {
  return { origin, localStorage: [{ name: "relais.language", value: language }] };
}

/** One window on the page, used as a person does: by the words and roles that are on the screen. */
export class Screen {
  readonly page: Page;
  /** The page's own texts, in the language that was asked for. */
  readonly texts: typeof fr;
  /**
   * What went wrong behind the page: console errors (refusals of the security policy and answers 4xx and 5xx are among
   * them), uncaught errors, failed requests, requests to anybody but the server.
   */
  readonly troubles: string[] = [];
  readonly #expected: RegExp[] = [];
  readonly #context: BrowserContext;

  constructor(context: BrowserContext, page: Page, language: Language, home: string) {
    this.#context = context;
    this.page = page;
    this.texts = TEXTS[language];
    page.on("console", (message) => {
      if (message.type() === "error") this.troubles.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.troubles.push(`uncaught: ${error.message}`));
    page.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol.startsWith("http") && origin !== home) this.troubles.push(`foreign: ${request.url()}`);
    });
    page.on("requestfailed", (request) => {
      const why = request.failure()?.errorText ?? "";
      // A stream that the page closes, or a media file that it has heard enough of.
      if (why !== "net::ERR_ABORTED") this.troubles.push(`request: ${why} ${request.url()}`);
    });
  }

  /** Says beforehand which trouble is part of the test, such as an answer 422. */
  expectTrouble(pattern: RegExp): void {
    this.#expected.push(pattern);
  }

  /** Troubles that nobody expected, and expected ones that did not come. */
  surprises(): string[] {
    const came = (pattern: RegExp) => this.troubles.some((trouble) => pattern.test(trouble));
    return [
      ...this.troubles.filter((trouble) => !this.#expected.some((pattern) => pattern.test(trouble))),
      ...this.#expected.filter((pattern) => !came(pattern)).map((pattern) => `missing: ${pattern.source}`),
    ];
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  link(name: string): Locator {
    return this.page.getByRole("link", { name, exact: true });
  }

  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true });
  }

  heading(name: string): Locator {
    return this.page.getByRole("heading", { name, exact: true });
  }

  /** A part of the page by its name: a step, a region. */
  region(name: string): Locator {
    return this.page.getByRole("region", { name, exact: true });
  }

  text(text: string | RegExp): Locator {
    return this.page.getByText(text);
  }

  /**
   * Notes each text that an element shows from now on, however short, in order; twice the same only once.
   * @param selector the element, which need not be there yet.
   * @param attribute read in place of the element's text.
   */
  async record(selector: string, attribute?: string): Promise<() => Promise<Seen[]>> {
    await this.page.evaluate(
      ([wanted, name]) => {
        let clickedAt: number | null = null;
        window.seen = [];
        window.addEventListener("click", () => (clickedAt = performance.now()), true);
        const look = () => {
          const element = document.querySelector(wanted);
          const text = name === undefined ? element?.textContent : element?.getAttribute(name);
          if (typeof text !== "string" || window.seen.at(-1)?.text === text) return;
          window.seen.push({ text, msAfterClick: clickedAt && performance.now() - clickedAt });
        };
        const options = { subtree: true, childList: true, attributes: true, characterData: true };
        new MutationObserver(look).observe(document, options);
        look();
      },
      [selector, attribute] as const,
    );
    return () => this.page.evaluate(() => window.seen);
  }

  /** What axe-core finds serious or critical on the screen: one line a rule, with the places. */
  async accessibilityProblems(): Promise<string[]> {
    // What is not drawn while it is out of sight may still have the colors of the theme before.
    await this.page.addStyleTag({ content: "* { content-visibility: visible !important }" });
    await this.settled();
    await this.page.evaluate(AXE_SOURCE);
    const { violations } = await this.page.evaluate((options) => window.axe.run(options), AXE_OPTIONS);
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map(({ target, any }) => `${target.join(" ")} ${any[0]?.message ?? ""}`).join("; ")}`,
      );
  }

  /** Changes what the system asks for, and waits until the page has followed. */
  async changeTheme(theme: "light" | "dark"): Promise<void> {
    await this.page.emulateMedia({ colorScheme: theme });
    await this.page.waitForFunction(
      (wanted) => document.documentElement.dataset["mantineColorScheme"] === wanted,
      theme,
    );
    await this.settled();
  }

  /** Changes the size of the window, and waits until the page has followed. */
  async resize(size: keyof typeof SIZES): Promise<void> {
    await this.page.setViewportSize(SIZES[size]);
    await this.settled();
  }

  /** Resolves when what the page knows is drawn, and nothing moves any more. */
  async settled(): Promise<void> {
    await this.page.evaluate(async () => {
      for (let frames = 0; frames < 2; frames += 1) await new Promise(requestAnimationFrame);
      await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
    });
  }

  /** How many pixels of the page stand out on the right of the window. */
  overflow(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  }

  /** Words on buttons that do not fit on them. Not those for ears only, nor names that end in an ellipsis where they are long. */
  cutLabels(): Promise<string[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("button, button *, a, a *")]
        .filter(({ className }) => className !== "visually-hidden")
        .filter((element) => {
          const { overflowX, textOverflow, clipPath } = getComputedStyle(element);
          return overflowX !== "visible" && textOverflow !== "ellipsis" && clipPath === "none";
        })
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
        .map(({ innerText }) => innerText.trim()),
    );
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}

/** A text of the page with its `{{names}}` filled in. */
export function filled(text: string, values: Record<string, string | number>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]));
}
