import type { Locator } from "playwright-core";
import { describe, expect, test } from "vitest";
import { filled, type Screen } from "../support/browser.ts";
import { useStage } from "./stage.ts";

const stage = useStage();
const EDITOR = "/combinations/new?template=creation-contenu";

/** A node of the graph, by the words on it. */
function node(screen: Screen, name: string): Locator {
  return screen.region(screen.texts.graph.title).getByRole("button", { name: new RegExp(`^${name}`) });
}

function promptOf(screen: Screen, number: number): Locator {
  const { step, prompt } = screen.texts.editor;
  return screen.region(filled(step, { number })).getByRole("textbox", { name: prompt });
}

/** Draws a wire from where a node gives what it makes, the middle of its foot, to a node or so many pixels below it. */
async function drawWire(screen: Screen, from: Locator, to: Locator, below = 0): Promise<void> {
  await screen.settled();
  const box = await from.boundingBox();
  if (box === null) throw new Error("the node is not on the screen");
  const end = await middleOf(to);
  const { mouse } = screen.page;
  await mouse.move(box.x + box.width / 2, box.y + box.height);
  await mouse.down();
  await mouse.move(end.x - 8, end.y + below - 8, { steps: 5 });
  await mouse.move(end.x, end.y + below);
  await mouse.up();
}

async function middleOf(place: Locator): Promise<{ x: number; y: number }> {
  const box = await place.boundingBox();
  if (box === null) throw new Error("it is not on the screen");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

describe("the graph of the editor", () => {
  test("connects two steps by a wire, and takes the connection out again", async () => {
    const screen = await stage.open({ language: "fr", path: EDITOR });
    const { graph } = screen.texts;
    const [topic, picture, voice] = [
      node(screen, "Sujet"),
      node(screen, "2 illustration"),
      node(screen, "3 narration"),
    ];
    await picture.waitFor();
    const before = await promptOf(screen, 2).inputValue();
    await drawWire(screen, topic, picture);
    await screen.text(filled(graph.said.connected, { from: "Sujet", to: "2 · illustration" })).waitFor();
    expect(await promptOf(screen, 2).inputValue()).toBe(`${before}\n\n{topic}`);
    await picture
      .getByText(filled(graph.isGiven, { names: "1 · article, Sujet" }))
      .waitFor({ state: "attached" });

    // A voice takes no picture: nothing is written, and the page says why.
    const spoken = await promptOf(screen, 3).inputValue();
    await drawWire(screen, picture, voice);
    const refused = { from: "2 · illustration", to: "3 · narration", medium: "Image" };
    await screen.text(filled(graph.said.not_taken, refused)).waitFor();
    expect(await promptOf(screen, 3).inputValue()).toBe(spoken);

    await picture.click();
    const edge = filled(graph.edge, { from: "Sujet", to: "2 · illustration", medium: "Texte" });
    await screen.button(filled(graph.disconnect, { edge })).click();
    await screen.text(filled(graph.said.disconnected, { from: "Sujet", to: "2 · illustration" })).waitFor();
    expect(await promptOf(screen, 2).inputValue()).toBe(before);
    expect(await screen.accessibilityProblems()).toEqual([]);
  });

  test("offers a new step where a wire ends over nothing, and stays hidden once it is hidden", async () => {
    const screen = await stage.open({ language: "en", path: EDITOR });
    const { graph } = screen.texts;
    const picture = node(screen, "2 illustration");
    await picture.waitFor();
    await drawWire(screen, picture, picture, 160);
    await screen.button(graph.addStep).click();
    await node(screen, "4 Step 4").waitFor();
    expect(await promptOf(screen, 4).inputValue()).toBe("{step2_output}");

    await screen.button(graph.hide).click();
    await screen.page.reload();
    await screen.button(graph.show).waitFor();
    expect(await screen.region(graph.title).count()).toBe(0);
  });

  test("is used by the keyboard alone, and says where a reference stands in a sentence", async () => {
    const screen = await stage.open({ language: "en", path: EDITOR });
    const { graph } = screen.texts;
    const topic = node(screen, "Topic");
    await topic.focus();
    await screen.page.keyboard.press("ArrowDown");
    const article = node(screen, "1 article");
    expect(await article.evaluate((element) => element === document.activeElement)).toBe(true);
    await screen.page.keyboard.press("Enter");
    await screen.button(graph.connect).press("Enter");
    const taken = screen.page.getByRole("menuitem", { name: /^2 · illustration/ });
    expect(await taken.textContent()).toContain(graph.refused.linked);
    expect(await taken.isDisabled()).toBe(true);
    await screen.page.keyboard.press("Escape");
    const edge = filled(graph.edge, { from: "Topic", to: "1 · article", medium: "Text" });
    await screen.button(filled(graph.disconnect, { edge })).press("Enter");
    await screen.text(filled(graph.said.inSentence, { reference: "{topic}", to: "1 · article" })).waitFor();
    const selected = await promptOf(screen, 1).evaluate((field) =>
      field instanceof HTMLTextAreaElement && field === document.activeElement
        ? field.value.slice(field.selectionStart, field.selectionEnd)
        : null,
    );
    expect(selected).toBe("{topic}");
  });

  test("fills the window of a phone, and leads to the step that is chosen", async () => {
    const screen = await stage.open({ language: "fr", size: "phone", path: EDITOR });
    const { graph } = screen.texts;
    await screen.button(graph.show).click();
    const voice = node(screen, "3 narration");
    await voice.click();
    expect(await screen.accessibilityProblems()).toEqual([]);
    await screen.button(graph.enter).click();
    await voice.waitFor({ state: "detached" });
    const card = screen.region(filled(screen.texts.editor.step, { number: 3 }));
    await expect.poll(async () => (await card.boundingBox())?.y ?? 9_999).toBeLessThan(200);
    expect(await screen.overflow()).toBe(0);
  });
});

describe("the graph of an execution", () => {
  test("is lit by the state of each step while it runs", async () => {
    const id = await stage.execute({
      steps: [
        { step_number: 1, name: "plan", ai_provider: "gpt-4", prompt: "Plan {topic}", approval: true },
        { step_number: 2, name: "picture", ai_provider: "dall-e", prompt: "{plan}" },
      ],
      initial_input: "bees",
      mode: "rehearsal",
    });
    const screen = await stage.open({ language: "en", path: `/combinations/executions/${id}` });
    const { status, execution } = screen.texts;
    const [plan, picture] = [node(screen, "1 plan"), node(screen, "2 picture")];
    await plan.getByText(status.waiting).waitFor();
    await picture.getByText(status.pending).waitFor();
    await screen.button(screen.texts.decision.approve).click();
    await plan.getByText(status.completed).waitFor();
    await picture.getByText(status.completed).waitFor();
    await picture.locator("img").waitFor();
    await picture.click();
    const result = screen.region(filled(execution.stepTitle, { number: 2, name: "picture" }));
    await expect.poll(async () => Math.abs((await result.boundingBox())?.y ?? 9_999)).toBeLessThan(400);
    expect(await screen.accessibilityProblems()).toEqual([]);
  });
});
