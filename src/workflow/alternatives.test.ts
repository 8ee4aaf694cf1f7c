import { describe, expect, test } from "vitest";
import { alternativesTo, type OfferedModel } from "./alternatives.ts";

function offered(id: string, change: Partial<OfferedModel> = {}): OfferedModel {
  const provider = id.slice(0, id.indexOf(":"));
  return { id, provider, modality: "image", status: "live", isReady: false, isOfficial: true, ...change };
}

describe("alternatives to a model", () => {
  const wanted = { provider: "midjourney", modality: "image" as const };

  test("are of the same kind, official, alive, and of others", () => {
    const models = [
      offered("midjourney:imagine"),
      offered("suno:V5", { modality: "music" }),
      offered("gateway:one", { isOfficial: false }),
      offered("openai:dall-e-3", { status: "shut_down" }),
      offered("openai:gpt-image-2"),
    ];
    expect(alternativesTo(wanted, models).map(({ id }) => id)).toEqual(["openai:gpt-image-2"]);
  });

  test("come one a provider, those that are ready first, and are three at most", () => {
    const models = [
      offered("a:1"),
      offered("a:2", { isReady: true }),
      offered("b:1"),
      offered("c:1", { isReady: true }),
      offered("d:1"),
    ];
    expect(alternativesTo(wanted, models).map(({ id }) => id)).toEqual(["c:1", "a:1", "b:1"]);
  });
});
