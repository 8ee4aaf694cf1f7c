import { describe, expect, test } from "vitest";
import { TEST_CATALOGUE } from "../../../../src/workflow/catalogue.testdata.ts";
import { stepSchema } from "../../../../src/workflow/definition.ts";
import { layoutOf, LEAST_ZOOM, neighborOf, viewportFor, type Box, type Direction } from "./graph-layout.ts";
import { graphOf } from "./graph-model.ts";

const SIZE = { width: 100, height: 40 };
const PROMPTS = ["{topic}", "{step1_output}", "{step1_output}", "{step2_output} {step3_output} {topic}"];
const GRAPH = graphOf({
  steps: PROMPTS.map((prompt, index) =>
    stepSchema.parse({ step_number: index + 1, ai_provider: "gpt-4", prompt }),
  ),
  inputs: [],
  catalogue: TEST_CATALOGUE,
});

function laidOut(direction: Direction) {
  const layout = layoutOf(GRAPH, { direction, sizeOf: () => SIZE });
  const at = (id: string): Box => {
    const box = layout.boxes.get(id);
    if (box === undefined) throw new Error(`no box ${id}`);
    return box;
  };
  return { layout, at };
}

function holds(box: Box, { x, y }: { x: number; y: number }): boolean {
  return x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height;
}

describe("the layout", () => {
  test("puts what is needed before what needs it, to the left or above", () => {
    const across = laidOut("across").at;
    expect(across("source:topic").x).toBeLessThan(across("step:1").x);
    expect(across("step:2").x).toBe(across("step:3").x);
    expect(across("step:3").x).toBeLessThan(across("step:4").x);
    const down = laidOut("down").at;
    expect(down("step:1").y).toBeLessThan(down("step:2").y);
    expect(down("step:2").y).toBe(down("step:3").y);
  });

  test("lays no node over another, and leads a wire past those that it has nothing to do with", () => {
    for (const direction of ["across", "down"] as const) {
      const { layout } = laidOut(direction);
      const boxes = [...layout.boxes.values()];
      for (const box of boxes) {
        expect(boxes.filter((other) => other !== box && holds(other, box))).toEqual([]);
      }
      const bends = layout.bends.get("source:topic>step:4") ?? [];
      expect(bends.length).toBeGreaterThan(0);
      expect(bends.filter((bend) => boxes.some((box) => holds(box, bend)))).toEqual([]);
      // All of it lies inside what is shown.
      expect(Math.min(...bends.map(({ x }) => x), ...boxes.map(({ x }) => x))).toBeGreaterThan(0);
      expect(Math.max(...bends.map(({ x }) => x))).toBeLessThan(layout.width);
    }
  });

  test("is shown whole where it can be read, otherwise from its beginning", () => {
    expect(viewportFor({ width: 400, height: 400 }, { width: 400, height: 800 })).toMatchObject({
      zoom: 1,
      x: 0,
    });
    expect(viewportFor({ width: 500, height: 100 }, { width: 400, height: 800 }).zoom).toBe(0.8);
    expect(viewportFor({ width: 100, height: 9_000 }, { width: 400, height: 800 })).toMatchObject({
      zoom: LEAST_ZOOM,
      y: 0,
    });
  });
});

describe("an arrow key", () => {
  test("leads to the nearest node on its side, and nowhere where there is none", () => {
    const { boxes } = laidOut("across").layout;
    expect(neighborOf(boxes, "source:topic", "ArrowRight")).toBe("step:1");
    const upper = (boxes.get("step:2")?.y ?? 0) < (boxes.get("step:3")?.y ?? 0) ? "step:2" : "step:3";
    const lower = upper === "step:2" ? "step:3" : "step:2";
    expect(neighborOf(boxes, upper, "ArrowDown")).toBe(lower);
    expect(neighborOf(boxes, lower, "ArrowUp")).toBe(upper);
    expect(neighborOf(boxes, "step:4", "ArrowRight")).toBeNull();
    expect(neighborOf(boxes, "nobody", "ArrowRight")).toBeNull();
  });
});
