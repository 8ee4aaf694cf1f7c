import type { Page } from "playwright-core";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { filled, type Screen } from "../support/browser.ts";
import { FAKE_OPENAI_KEY, startFakeOpenai } from "../support/fake-openai.ts";
import type { FakeServer } from "../support/fake-server.ts";
import { useStage } from "./stage.ts";

let openai: FakeServer;
/** The only vendor with a key. */
const stage = useStage(async () => {
  openai = await startFakeOpenai({ text: "Un texte." });
  return { OPENAI_API_KEY: FAKE_OPENAI_KEY, OPENAI_BASE_URL: `${openai.url}/v1` };
});

afterEach(() => openai.release());
afterAll(() => openai.stop());

const NOTES = {
  name: "Concert",
  description: "A poster text for a concert.",
  inputs: [
    { name: "place", label: "Place of the <b>concert</b>", type: "text" as const, required: true },
    { name: "mood", label: "Mood", type: "choice" as const, choices: ["Calm", "Loud"], default: "Calm" },
    { name: "seats", label: "Seats", type: "number" as const, default: 120 },
    { name: "photo", label: "Photo of the band", type: "file" as const },
  ],
  steps: [
    {
      step_number: 1,
      name: "poster",
      ai_provider: "claude",
      prompt: "A poster on {topic} in {place}, {mood}, {seats} seats {photo}",
    },
  ],
};

/** Takes long enough to be left alone for a while. */
const LONG = {
  initial_input: "la mer\nle vent\nla pluie",
  mode: "rehearsal" as const,
  steps: [
    {
      step_number: 1,
      name: "article",
      ai_provider: "gpt-4",
      prompt: "Un article sur {item}",
      for_each: { in: "{topic}", max_parallel: 1 },
    },
    { step_number: 2, name: "titre", ai_provider: "gpt-4", prompt: "Un titre pour {article}" },
  ],
};

declare global {
  interface Window {
    /** What the system was asked to show. */
    told: string[];
  }
}

/** Stands in for the system, which shows no notification without a screen: says yes when asked, and keeps what it is told. */
async function recordNotifications({ page }: Screen): Promise<void> {
  await page.evaluate(() => {
    window.told = [];
    class Recorder extends EventTarget {
      static permission = "default";
      static requestPermission() {
        Recorder.permission = "granted";
        return Promise.resolve("granted");
      }
      constructor(title: string, options?: NotificationOptions) {
        super();
        window.told.push(`${title}: ${options?.body}`);
      }
    }
    Object.assign(window, { Notification: Recorder });
  });
}

describe("the form of a workflow", () => {
  test("is filled in by its link, rehearses below itself, and starts nothing by itself", async () => {
    await stage.save(NOTES);
    const screen = await stage.open({
      language: "en",
      size: "phone",
      path: "/combinations/run/1?topic=The%20wind&place=Lyon&seats=80&mood=Loud&photo=abc&mode=live&nobody=1",
    });
    const { templates, execution, runner, status, topic } = screen.texts;
    const field = screen.page.getByLabel("Place of the <b>concert</b>");
    expect(await field.inputValue()).toBe("Lyon");
    expect(await screen.page.getByLabel(topic.label).inputValue()).toBe("The wind");
    expect(await screen.field("Mood").inputValue()).toBe("Loud");
    expect(await screen.field("Seats").inputValue()).toBe("80");
    expect(await screen.field("Seats").getAttribute("inputmode")).toBe("decimal");
    await screen.text("ANTHROPIC_API_KEY").waitFor();
    expect((await stage.executions()).length).toBe(0);
    expect(await screen.overflow()).toBe(0);
    expect(await screen.accessibilityProblems()).toEqual([]);
    const rehearse = screen.button(templates.rehearse);
    expect(await rehearse.getAttribute("data-variant")).toBe("filled");

    // What is required is asked for here, before anything is sent.
    await field.fill("");
    await rehearse.click();
    await screen.text("Fill in “Place of the <b>concert</b>”.").waitFor();
    await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
    expect((await stage.executions()).length).toBe(0);

    await field.fill("Lille");
    await rehearse.click();
    await screen.page.waitForURL(/run-id=\d+/);
    const id = Number(new URL(screen.page.url()).searchParams.get("run-id"));
    await screen.page.getByRole("complementary").getByText(status.completed, { exact: true }).waitFor();
    expect(await stage.execution(id)).toMatchObject({
      workflow_id: 1,
      mode: "rehearsal",
      initial_input: "The wind",
      inputs: { place: "Lille", mood: "Loud", seats: 80, photo: "" },
    });

    // A reload loses neither what was written nor what was made.
    await screen.page.reload();
    await screen.page.getByText(execution.totalCost).waitFor();
    expect(await field.inputValue()).toBe("Lille");
    await screen.button(runner.form.rehearseAgain).click();
    await screen.page.waitForURL((url) => url.searchParams.get("run-id") !== String(id));
    await screen.heading(runner.form.earlier).waitFor();
    await expect.poll(async () => (await stage.executions()).length).toBe(2);
  });

  test("takes a file, and is given away as a link without it", async () => {
    const screen = await stage.open({ language: "en", path: "/combinations" });
    await screen.link(filled(screen.texts.runner.form.openNamed, { name: "Concert" })).click();
    await screen.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await screen.page.getByLabel("Place of the <b>concert</b>").fill("Brest & Co");
    await screen.page
      .locator("input[type=file]")
      .setInputFiles({ name: "band.txt", mimeType: "text/plain", buffer: Buffer.from("Four people") });
    await screen.text("band.txt").waitFor();
    await screen.button(screen.texts.runner.form.share).click();
    await screen.text(screen.texts.runner.form.copiedFilled).waitFor();
    const link = await screen.page.evaluate(() => navigator.clipboard.readText());
    expect(link).toBe(`${stage.server.url}/combinations/run/1?place=Brest+%26+Co`);
  });
});

describe("an execution while the network is away", () => {
  test("goes on where it was, without a gap or a double, when it is back", async () => {
    openai.hold();
    const id = await stage.execute({ ...LONG, mode: "live" });
    const screen = await stage.open({ language: "fr", path: `/combinations/executions/${id}` });
    const { runner, status, execution } = screen.texts;
    await screen
      .text(filled(execution.items.progress, { done: 0, total: 3 }))
      .first()
      .waitFor();
    screen.expectTrouble(/ERR_INTERNET_DISCONNECTED/);
    await screen.page.context().setOffline(true);
    await screen.text(runner.live.lost).waitFor();

    // What is pressed meanwhile says that it was not done, and can be pressed again.
    await screen.button(execution.cancel).click();
    await screen.text(screen.texts.errors.unreachable).waitFor();
    openai.release();
    await stage.finished(id);
    await screen.page.context().setOffline(false);
    await screen.page.getByRole("complementary").getByText(status.completed, { exact: true }).waitFor();
    await screen.text(runner.live.lost).waitFor({ state: "detached" });
    expect((await stage.execution(id)).status).toBe("completed");
    const list = screen.page.getByRole("list", { name: filled(execution.items.label, { name: "article" }) });
    expect(await list.getByRole("listitem").count()).toBe(3);
  });

  test("follows it again when the server was started anew, and pays nothing twice", async () => {
    const id = await stage.execute(LONG);
    const screen = await stage.open({ language: "en", path: `/combinations/executions/${id}` });
    const { status, execution } = screen.texts;
    await screen
      .text(filled(execution.items.progress, { done: 1, total: 3 }))
      .first()
      .waitFor();
    screen.expectTrouble(/ERR_CONNECTION_REFUSED/);
    await stage.restart();
    await screen.page.getByRole("complementary").getByText(status.completed, { exact: true }).waitFor();
    const { steps_data, results } = await stage.execution(id);
    expect(steps_data[0]?.items?.map(({ status: state }) => state)).toEqual(Array(3).fill("completed"));
    expect(results).toHaveLength(2);
  });
});

describe("a part of the page that is loaded later", () => {
  test("comes when the network is back, and what was on the screen stays until then", async () => {
    const screen = await stage.open({ language: "en", path: "/combinations" });
    const { nav, settings } = screen.texts;
    await screen.link(nav.settings).waitFor();
    await screen.settled();
    screen.expectTrouble(/ERR_INTERNET_DISCONNECTED/);
    await screen.page.context().setOffline(true);
    const asked = screen.page.waitForEvent("requestfailed", (request) => request.url().endsWith("/healthz"));
    await screen.link(nav.settings).click();
    await asked;
    await screen.page.context().setOffline(false);
    await screen.heading(settings.title).waitFor();
    expect(screen.troubles.filter((trouble) => trouble.includes("/assets/"))).toEqual([]);
  });

  test("says so when the server no longer has it, and leaves the rest usable", async () => {
    const screen = await stage.open({ language: "fr", path: "/combinations" });
    const { nav, part, history } = screen.texts;
    screen.expectTrouble(/404/);
    screen.expectTrouble(/costs-page/);
    await screen.page.route(/\/assets\/costs-page-[^/]+\.js$/, (route) => route.fulfill({ status: 404 }));
    await screen.link(nav.costs).click();
    await screen.text(part.title).waitFor();
    await screen.button(part.reload).waitFor();
    await screen.link(nav.executions).click();
    await screen.heading(history.title).waitFor();
    expect(await screen.text(part.title).count()).toBe(0);
  });
});

describe("what runs", () => {
  test("is told by the title of the tab, its icon and the rail, on whatever screen", async () => {
    const screen = await stage.open({ language: "en", path: "/combinations/settings" });
    const { runner, settings } = screen.texts;
    await screen.heading(settings.title).waitFor();
    await recordNotifications(screen);
    expect(await screen.page.title()).toBe("Settings · Relais");
    const steps = LONG.steps.map((step) => (step.step_number === 2 ? { ...step, approval: true } : step));
    openai.hold();
    const id = await stage.execute({ ...LONG, mode: "live", steps });
    // Somebody comes back to the page.
    await screen.page.evaluate(() =>
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true })),
    );
    const sign = screen.page.getByRole("link", { name: filled(runner.live.running_one, { count: 1 }) });
    await sign.waitFor();
    await expect.poll(() => screen.page.title()).toBe("● 1/2 · article… · Settings · Relais");
    const icon = () => screen.page.locator("link[rel=icon]").getAttribute("href");
    expect(await icon()).toBe("/relais-running.svg");
    openai.release();

    const asking = screen.page.getByRole("link", { name: filled(runner.live.asking_one, { count: 1 }) });
    await asking.waitFor();
    expect(await screen.page.title()).toMatch(/^⚠ waits for you · /);
    expect(await icon()).toBe("/relais-asks.svg");
    await asking.click();
    await screen.page.waitForURL(`**/combinations/executions/${id}`);
    // Nobody is told of anything before they have asked for it.
    expect(await screen.page.evaluate(() => window.told)).toEqual([]);
    await screen.button(runner.live.tell).click();
    await screen.button(runner.live.willTell).waitFor();
    // Answered elsewhere while this page shows something else.
    await screen.link(screen.texts.nav.settings).click();
    await screen.heading(settings.title).waitFor();
    const answer = { decision: "approve", step_number: 2 };
    await screen.page.request.post(`/api/combinations/executions/${id}/decision`, { data: answer });
    await expect.poll(() => screen.page.evaluate(() => window.told)).toHaveLength(1);
    expect(await screen.page.evaluate(() => window.told)).toEqual([`Run ${id}: Completed`]);
    await expect.poll(() => screen.page.title()).toMatch(/^✓ /);
    expect(await icon()).toBe("/relais-ended.svg");
    await asking.waitFor({ state: "detached" });
    await screen.link(screen.texts.nav.costs).click();
    await expect.poll(() => screen.page.title()).toBe("Spending · Relais");
  });

  test("leaves the page usable in more tabs than the browser has connections, and tells all of them", async () => {
    const steps = LONG.steps.map((step) => (step.step_number === 2 ? { ...step, approval: true } : step));
    const id = await stage.execute({ ...LONG, steps });
    const path = `/combinations/executions/${id}`;
    const screen = await stage.open({ language: "en", path });
    const { decision } = screen.texts;
    const hidden: Page[] = [];
    for (let count = 0; count < 6; count += 1) {
      const tab = await screen.page.context().newPage();
      await tab.goto(path);
      await tab.getByRole("button", { name: decision.approve }).waitFor();
      await hide(tab);
      hidden.push(tab);
    }
    await screen.button(decision.approve).click();
    for (const tab of [screen.page, ...hidden]) {
      await expect.poll(() => tab.title()).toMatch(/^✓ /);
    }
  });
});

/** What the browser tells a page whose tab goes out of sight; a headless one shows them all. */
async function hide(tab: Page): Promise<void> {
  await tab.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  });
}
