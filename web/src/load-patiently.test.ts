import { describe, expect, test } from "vitest";
import { loadPatiently } from "./load-patiently.ts";

/** Loads a part while the server answers only from some question on; tells what happened in which order. */
async function loaded({ isOnline, comes, silent }: { isOnline: boolean; comes: boolean; silent: number }) {
  const told: string[] = [];
  let questions = 0;
  const load = () => {
    told.push("load");
    return comes ? Promise.resolve("part") : Promise.reject(new TypeError("not there"));
  };
  const isServerThere = () => {
    questions += 1;
    told.push("ask");
    return Promise.resolve(questions > silent);
  };
  const pause = () => {
    told.push("pause");
    return Promise.resolve();
  };
  const surroundings = { isOnline: () => isOnline, isServerThere, pause };
  const end = await loadPatiently(load, surroundings).catch((error: Error) => error.message);
  return { told, end };
}

describe("a part of the page that is loaded later", () => {
  test("comes at once where nothing is wrong", async () => {
    expect(await loaded({ isOnline: true, comes: true, silent: 0 })).toEqual({ told: ["load"], end: "part" });
  });

  test("is not asked for before the network is back", async () => {
    const told = ["ask", "pause", "ask", "pause", "ask", "load"];
    expect(await loaded({ isOnline: false, comes: true, silent: 2 })).toEqual({ told, end: "part" });
  });

  test("is given up only once the server answers, and a reload can help", async () => {
    const told = ["load", "ask", "pause", "ask"];
    expect(await loaded({ isOnline: true, comes: false, silent: 1 })).toEqual({ told, end: "not there" });
  });
});
