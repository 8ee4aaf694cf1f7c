import { describe, expect, test } from "vitest";
import type { WorkflowInput } from "../../../../src/workflow/definition.ts";
import { EMPTY_VALUES, filledLink, prefillOf, sentInputs, valuesOfRun } from "./form-values.ts";

const INPUTS: WorkflowInput[] = [
  { name: "place", label: "Place", type: "text", required: true },
  { name: "mood", label: "Mood", type: "choice", choices: ["Calm", "Loud"], required: false },
  { name: "seats", label: "Seats", type: "number", required: false },
  { name: "photo", label: "Photo", type: "file", required: false },
];
const FORM = new URL("http://127.0.0.1:8000/combinations/run/3");

function prefilled(query: string) {
  return prefillOf(new URLSearchParams(query), INPUTS);
}

describe("what an address fills in", () => {
  test("is the topic and the inputs that the form has", () => {
    expect(prefilled("topic=Wind&place=Lyon&seats=1,5&mood=Loud&other=x")).toEqual({
      topic: "Wind",
      values: { place: "Lyon", seats: 1.5, mood: "Loud" },
    });
  });

  test("is never a file, nor what a field could not hold", () => {
    expect(prefilled("photo=abc&seats=many&mood=Furious&topic=x")).toEqual({ topic: "x", values: {} });
    expect(prefilled("seats=&photo=abc")).toBeNull();
    expect(prefilled("run-id=4&mode=live")).toBeNull();
  });

  test("is cut at what a field may hold", () => {
    expect(prefilled(`topic=${"a".repeat(200_000)}`)?.topic).toHaveLength(100_000);
  });
});

describe("the link of a form", () => {
  test("fills in what it was filled in with, but for its files", () => {
    const form = {
      ...EMPTY_VALUES,
      topic: "Wind & rain",
      values: { place: "Lyon", seats: 80, gone: "x", mood: "" },
      files: { photo: { id: "secret" } },
    };
    const link = filledLink(FORM, INPUTS, form);
    expect(link).toBe(`${FORM.href}?topic=Wind+%26+rain&place=Lyon&seats=80`);
    expect(prefillOf(new URL(link ?? "").searchParams, INPUTS)).toEqual({
      topic: "Wind & rain",
      values: { place: "Lyon", seats: 80 },
    });
  });

  test("is not made where it would be too long", () => {
    expect(filledLink(FORM, INPUTS, { ...EMPTY_VALUES, topic: "é".repeat(2_000) })).toBeNull();
  });
});

describe("what is sent", () => {
  test("is only what the form asks for, files by their ids", () => {
    const form = { ...EMPTY_VALUES, values: { place: "", other: 1 }, files: { photo: { id: "a1" } } };
    expect(sentInputs(INPUTS, form)).toEqual({ place: "", photo: "a1" });
  });

  test("fills the form in again as a run was", () => {
    const run = {
      initial_input: "Wind",
      inputs: { place: "Lyon", seats: 3, photo: "a1", mood: "", old: "x" },
    };
    expect(valuesOfRun(INPUTS, run)).toEqual({
      topic: "Wind",
      values: { place: "Lyon", seats: 3, mood: "" },
      files: { photo: { id: "a1" } },
    });
  });
});
