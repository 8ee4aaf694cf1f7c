import { describe, expect, test } from "vitest";
import type { StepRunRow } from "../db/step-run-store.ts";
import type { StepSnapshot, StoredFile, StoredOutput } from "../db/stored-values.ts";
import { TEST_CATALOGUE } from "../workflow/catalogue.testdata.ts";
import { NO_ITEM } from "../workflow/definition.ts";
import { viewStepEvent } from "./execution-view.ts";

const WORDS = [{ word: "Oui", start: 0, end: 0.5 }];
const SOUND: StoredFile = { artifactId: "a", hash: "1", bytes: 1, mediaType: "audio/mpeg", medium: "audio" };
const SPOKEN: StoredFile = { ...SOUND, words: WORDS, spokenText: "Oui" };

const SNAPSHOT: StepSnapshot = {
  stepNumber: 1,
  item: NO_ITEM,
  status: "completed",
  attempts: 1,
  provider: "local",
  model: "local:speech",
  performedBy: "local",
  costNanoUsd: 0,
  costBasis: "free",
  error: null,
  waitingReason: null,
  waitingAmountNanoUsd: null,
  waitingScope: null,
  waitingPeriod: null,
  liveCost: null,
  retryAt: null,
  placeSince: null,
  startedAt: null,
  completedAt: null,
  itemsTotal: null,
  itemsDone: null,
  itemsFailed: null,
};

/** What the API says of a step that has made this. */
function resultOf(output: StoredOutput) {
  const run: StepRunRow = { ...SNAPSHOT, output, itemValue: null };
  const context = { language: "en" as const, catalogue: TEST_CATALOGUE };
  return viewStepEvent(1, { snapshot: SNAPSHOT, step: undefined, run }, context).result;
}

describe("a result", () => {
  test("says when the words of one recording are heard, and shows nothing else of how it was made", () => {
    const result = resultOf({ medium: "audio", files: [SPOKEN] });
    expect(result?.words).toEqual(WORDS);
    expect(JSON.stringify(result)).not.toContain("spoken");
    expect(JSON.stringify(result).match(/"word"/g)).toHaveLength(1);
  });

  test("says it of a transcript, and of what earlier versions stored", () => {
    expect(resultOf({ medium: "text", text: "Oui", files: [], words: WORDS })?.words).toEqual(WORDS);
    expect(resultOf({ medium: "audio", files: [SOUND], words: WORDS })?.words).toEqual(WORDS);
  });

  test("does not say it of a list of recordings, whose items say it, nor of what a person put there", () => {
    const list = { ...SPOKEN, item: 0 };
    expect(resultOf({ medium: "audio", files: [list], itemCount: 1 })).not.toHaveProperty("words");
    expect(resultOf({ medium: "audio", files: [SPOKEN, SPOKEN] })).not.toHaveProperty("words");
    expect(resultOf({ medium: "audio", files: [SOUND] })).not.toHaveProperty("words");
  });
});
