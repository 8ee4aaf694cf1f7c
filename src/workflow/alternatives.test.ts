import { describe, expect, test } from "vitest";
import { alternativesTo, type OfferedModel } from "./alternatives.ts";

function offered(id: string, change: Partial<OfferedModel> = {}): OfferedModel {
  const provider = id.slice(0, id.indexOf(":"));
  return {
    id,
    provider,
    modality: "image",
    status: "live",
    shutdown_date: null,
    isReady: false,
    isOfficial: true,
    ...change,
  };
}

function idsFor(models: OfferedModel[], { isOfGateway }: { isOfGateway: boolean }): string[] {
  const wanted = { provider: "midjourney", modality: "image" as const, isOfGateway };
  return alternativesTo(wanted, models, { today: "2026-11-22" }).map(({ id }) => id);
}

const LEAVING = { status: "deprecated", shutdown_date: "2027-01-06" } as const;

describe("alternatives to a model", () => {
  test("are of the same kind, official, alive, and of others", () => {
    const models = [
      offered("midjourney:imagine"),
      offered("suno:V5", { modality: "music" }),
      offered("gateway:one", { isOfficial: false }),
      offered("openai:dall-e-3", { status: "shut_down" }),
      offered("google:ended", { ...LEAVING, shutdown_date: "2026-11-22" }),
      offered("openai:gpt-image-2"),
    ];
    expect(idsFor(models, { isOfGateway: true })).toEqual(["openai:gpt-image-2"]);
  });

  test("are ready, one a provider and three at most", () => {
    const models = [
      offered("a:1"),
      ...["b:1", "b:2", "c:1", "d:1", "e:1"].map((id) => offered(id, { isReady: true })),
    ];
    for (const isOfGateway of [true, false]) {
      expect(idsFor(models, { isOfGateway })).toEqual(["b:1", "c:1", "d:1"]);
    }
  });

  test("still need a key only in place of a gateway", () => {
    const models = ["a:1", "b:1", "c:1", "d:1"].map((id) => offered(id));
    expect(idsFor(models, { isOfGateway: true })).toEqual(["a:1", "b:1", "c:1"]);
    expect(idsFor(models, { isOfGateway: false })).toEqual([]);
  });

  test("end with those that are about to shut down, which stand behind others of their provider", () => {
    const ready = { isReady: true };
    const models = [
      offered("a:old", { ...LEAVING, ...ready }),
      offered("b:old", { ...LEAVING, ...ready }),
      offered("b:new", ready),
    ];
    expect(idsFor(models, { isOfGateway: false })).toEqual(["b:new", "a:old"]);
  });
});
