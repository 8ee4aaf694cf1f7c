import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { formatCost } from "../../web/src/format.ts";
import { filled, type Screen } from "../support/browser.ts";
import { pictureSize, soundOf } from "./media.ts";
import { useStage } from "./stage.ts";
import { startVendors, type Vendors } from "./vendors.ts";

const SENTENCE = "Une phrase après l'autre, le texte arrive. ";
const ARTICLE = `# Le titre\n\n${SENTENCE.repeat(40)}\n\nVoici **la fin**.\n`;

let vendors: Vendors;
const stage = useStage(async () => {
  vendors = await startVendors(ARTICLE);
  return vendors.env;
});

beforeEach(() => {
  vendors.openai.play("success");
  vendors.elevenlabs.release();
});
afterAll(() => vendors.stop());

/** Opens an editor with one text step, and runs it. */
async function runPoem(screen: Screen, topic: string): Promise<void> {
  await screen.link(screen.texts.templates.blank).click();
  await screen.field(screen.texts.editor.prompt).fill("Un poème sur {topic}");
  await screen.field(screen.texts.topic.label).fill(topic);
  await screen.button(screen.texts.editor.run).click();
  await screen.page.getByRole("dialog").waitFor();
}

function shownId(screen: Screen): number {
  return Number(new URL(screen.page.url()).searchParams.get("results"));
}

/** The button that buys a call again, which names what it may cost. */
function retry(screen: Screen) {
  const [beginning = ""] = screen.texts.decision.retry.split("{{");
  return screen.page.getByRole("button", { name: beginning });
}

async function untilStatus(screen: Screen, word: string): Promise<void> {
  await screen.page.getByRole("complementary").getByText(word, { exact: true }).waitFor();
}

/** Starts the template whose voice is held back at the vendor, and waits until the rest is there. */
async function runUpToTheVoice(screen: Screen, topic: string): Promise<number> {
  const callsBefore = vendors.elevenlabs.calls.length;
  vendors.elevenlabs.hold();
  await screen.page.goto("/combinations/new?template=creation-contenu");
  await screen.field(screen.texts.topic.label).fill(topic);
  await screen.button(screen.texts.editor.run).click();
  await vendors.elevenlabs.arrived(callsBefore + 1);
  await screen.page.getByRole("img", { name: topic }).waitFor();
  return shownId(screen);
}

describe("a live run", () => {
  test("writes its text into the page while the model writes it", async () => {
    const screen = await stage.open();
    vendors.openai.play("slow");
    const seen = await screen.record("[role='dialog'] section");
    await runPoem(screen, "le courant");
    await untilStatus(screen, screen.texts.status.completed);
    await screen.text("la fin").waitFor();
    const states = (await seen()).map(({ text }) => text);
    expect(states.filter((text) => text.includes("# Le titre"))).toEqual([]);
    const lengths = states
      .slice(states.findIndex((text) => text.includes("Le titre")))
      .map((text) => text.split(SENTENCE.trim()).length);
    expect(new Set(lengths).size).toBeGreaterThan(5);
    expect(lengths[0]).toBeLessThan(20);
    // What was written never goes away again, not even when the result takes its place.
    expect(lengths).toEqual(lengths.toSorted((one, other) => one - other));
    const result = screen.page.getByRole("dialog").getByRole("region");
    await result.getByText("la fin", { exact: true }).waitFor();
    const text = await result.innerText();
    expect(text).toContain(SENTENCE.repeat(40).trim());
    expect(text.split(SENTENCE.trim())).toHaveLength(41);
    expect(text).not.toContain("**");
  });

  test("adds up what the vendors are owed, and says so", async () => {
    const screen = await stage.open({ path: "/combinations/new?template=creation-contenu" });
    await screen.field(screen.texts.topic.label).fill("Blockchain");
    await screen.button(screen.texts.editor.run).click();
    await untilStatus(screen, screen.texts.status.completed);
    const { results, total_cost, cost_basis, mode, live_cost } = await stage.execution(shownId(screen));
    expect({ mode, live_cost, results: results.length }).toEqual({
      mode: "live",
      live_cost: null,
      results: 3,
    });
    const nanoUsd = results.map(({ cost }) => Math.round((cost ?? Number.NaN) * 1e9));
    expect(Math.min(...nanoUsd)).toBeGreaterThan(0);
    expect(nanoUsd.reduce((sum, cost) => sum + cost, 0)).toBe(Math.round(total_cost * 1e9));
    const overview = await screen.page.getByRole("complementary").innerText();
    expect(overview).toContain(screen.texts.execution.totalCost);
    expect(overview).toContain(formatCost(total_cost, cost_basis, "fr"));
    expect(overview).not.toContain(screen.texts.mode.rehearsal);
    expect(overview).not.toContain(screen.texts.execution.liveCost);
    const dialog = await screen.page.getByRole("dialog").innerText();
    for (const { cost, cost_basis: basis, performed_by } of results) {
      expect(dialog).toContain(formatCost(cost, basis, "fr"));
      expect(dialog).toContain(performed_by);
    }
    expect(dialog).not.toContain(screen.texts.execution.local);
  });

  test("offers a model of the same kind that is ready, in one click, where a key is missing", async () => {
    const screen = await stage.open({ path: "/combinations/new?template=contenu-educatif" });
    const other = filled(screen.texts.keys.takeFor, { number: 2, model: "openai:gpt-image-2" });
    await screen.text("BFL_API_KEY").first().waitFor();
    await screen.button(other).click();
    await screen.text("BFL_API_KEY").first().waitFor({ state: "detached" });
    await screen.field(screen.texts.topic.label).fill("Une gare");
    await screen.button(screen.texts.editor.run).click();
    await untilStatus(screen, screen.texts.status.completed);
    const { results, steps } = await stage.execution(shownId(screen));
    expect(results.map(({ performed_by }) => performed_by)).toContain("openai:gpt-image-2");
    // The nearest that it takes to the 1344x768 of the template.
    expect(steps[1]?.parameters).toEqual({ size: "1792x1024" });
  });

  test("asks before it buys a call again that may have been billed, also after a reload", async () => {
    const screen = await stage.open();
    const paidBefore = vendors.openai.paidCalls;
    vendors.openai.play("drop");
    await runPoem(screen, "la brume");
    await screen.text(filled(screen.texts.decision.inDoubtTitle, { number: 1 })).waitFor();
    await screen.page.reload();
    await retry(screen).waitFor();
    await screen.button(screen.texts.decision.giveUp).waitFor();
    expect(vendors.openai.paidCalls).toBe(paidBefore + 1);
    expect((await stage.execution(shownId(screen))).status).toBe("waiting");

    vendors.openai.play("success");
    await retry(screen).click();
    await untilStatus(screen, screen.texts.status.completed);
    expect(vendors.openai.paidCalls).toBe(paidBefore + 2);
    const { results, steps_data } = await stage.execution(shownId(screen));
    expect(results).toHaveLength(1);
    expect(steps_data[0]?.attempts).toBe(2);
  });

  test("gives up a call that may have been billed without buying it again", async () => {
    const screen = await stage.open({ size: "phone" });
    const callsBefore = vendors.openai.calls.length;
    vendors.openai.play("drop");
    await runPoem(screen, "le brouillard");
    await screen.button(screen.texts.decision.giveUp).click();
    await screen.text(screen.texts.execution.failed).waitFor();
    const [beginning = ""] = screen.texts.execution.costAtMost.split("{{");
    await screen.text(beginning).waitFor();
    await untilStatus(screen, formatCost(0, "unknown", "fr"));
    expect(vendors.openai.calls).toHaveLength(callsBefore + 1);
    expect(await retry(screen).count()).toBe(0);
  });

  test("stops before a cap, sends nothing, and goes on when the cap is raised", async () => {
    const screen = await stage.open();
    const callsBefore = vendors.openai.calls.length;
    await screen.link(screen.texts.templates.blank).click();
    await screen.field(screen.texts.editor.prompt).fill("Un poème sur {topic}");
    await screen.field(screen.texts.topic.label).fill("l'épargne");
    await screen.field(screen.texts.editor.cap).fill("0,01");
    await screen.button(screen.texts.editor.run).click();
    await screen.text(filled(screen.texts.decision.capTitle, { number: 1 })).waitFor();
    expect(vendors.openai.calls).toHaveLength(callsBefore);
    await screen.button(screen.texts.decision.raiseCap).click();
    await untilStatus(screen, screen.texts.status.completed);
    expect(vendors.openai.calls).toHaveLength(callsBefore + 1);
  });
});

describe("a live run under way", () => {
  test("shows within a second that it is cancelled, and keeps what was made and what is paid", async () => {
    const screen = await stage.open();
    const id = await runUpToTheVoice(screen, "un phare");
    const callsBefore = vendors.elevenlabs.calls.length;
    const seen = await screen.record("aside");
    await screen.button(screen.texts.execution.cancel).click();
    await untilStatus(screen, screen.texts.status.cancelled);
    const shown = (await seen()).find(({ text }) => text.startsWith(screen.texts.status.cancelled));
    expect(shown?.msAfterClick).toBeLessThan(1_000);
    await screen.text(screen.texts.execution.cancelled).waitFor();
    expect(await screen.button(screen.texts.execution.cancel).count()).toBe(0);
    const { status, results, total_cost: before } = await stage.execution(id);
    expect({ status, media: results.map(({ type }) => type) }).toEqual({
      status: "cancelled",
      media: ["text", "image"],
    });

    await screen.text(screen.texts.execution.costSettling).waitFor();
    vendors.elevenlabs.release();
    const settled = async () => (await stage.execution(id)).total_cost;
    await expect.poll(settled, { timeout: 10_000 }).toBeGreaterThan(before);
    const after = await stage.execution(id);
    expect(after.status).toBe("cancelled");
    await untilStatus(screen, formatCost(after.total_cost, after.cost_basis, "fr"));
    await screen.text(screen.texts.execution.costSettling).waitFor({ state: "detached" });
    expect(vendors.elevenlabs.calls).toHaveLength(callsBefore);
  });

  test("takes nothing back for an answer of the server that comes late", async () => {
    const screen = await stage.open();
    const [asked, mayAnswer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await screen.page.route(
      /\/executions\/\d+$/,
      async (route) => {
        const response = await route.fetch();
        asked.resolve();
        await mayAnswer.promise;
        await route.fulfill({ response });
      },
      { times: 1 },
    );
    const answered = screen.page.waitForResponse(/\/executions\/\d+$/);
    vendors.openai.hold();
    void asked.promise.then(() => vendors.openai.release());
    await runUpToTheVoice(screen, "un canal");
    const progress = screen.page.getByRole("progressbar");
    const lastStep = filled(screen.texts.execution.stepOf, { current: 3, total: 3 });
    await expect.poll(() => progress.getAttribute("aria-valuetext")).toBe(lastStep);
    const seen = await screen.record("progress", "aria-valuetext");
    mayAnswer.resolve();
    const response = await answered;
    expect(await response.json()).toMatchObject({ current_step: 1 });
    await screen.settled();
    vendors.elevenlabs.release();
    await untilStatus(screen, screen.texts.status.completed);
    expect((await seen()).map(({ text }) => text)).toEqual([lastStep]);
  });

  test("goes on when the page is reloaded or closed: nothing of it is lost or bought again", async () => {
    const first = await stage.open();
    const callsBefore = [vendors.openai.calls.length, vendors.elevenlabs.calls.length];
    const id = await runUpToTheVoice(first, "les marées");
    await first.page.reload();
    await first.page.getByRole("dialog").getByText("la fin", { exact: true }).waitFor();
    await untilStatus(first, first.texts.status.running);
    await first.close();
    vendors.elevenlabs.release();

    const second = await stage.open({ path: "/combinations/executions" });
    await second.page.getByRole("row").filter({ hasText: "les marées" }).getByRole("link").click();
    await untilStatus(second, second.texts.status.completed);
    expect(await pictureSize(second.page.getByRole("img", { name: "les marées" }))).toEqual({
      width: 1_536,
      height: 1_024,
    });
    expect((await soundOf(second.page.locator("audio"))).decodedSeconds).toBeGreaterThan(1);
    const { steps_data, results } = await stage.execution(id);
    expect(results).toHaveLength(3);
    expect(steps_data.map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
    const calls = [vendors.openai.calls.length, vendors.elevenlabs.calls.length];
    expect(calls.map((count, index) => count - (callsBefore[index] ?? 0))).toEqual([2, 1]);
  });
});
