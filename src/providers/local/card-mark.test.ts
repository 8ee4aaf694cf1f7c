import { Resvg } from "@resvg/resvg-js";
import { describe, expect, test } from "vitest";
import { inspectFile } from "../../media/inspect.ts";
import { isMarkedCard, markCard } from "./card-mark.ts";

const PNG = new Resvg(`<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"/>`).render().asPng();

describe("markCard", () => {
  test("leaves a PNG of the same size that is known again", async () => {
    const marked = markCard(PNG);
    expect(isMarkedCard(marked)).toBe(true);
    expect(await inspectFile({ bytes: marked })).toEqual({ mediaType: "image/png", width: 30, height: 20 });
  });

  test("is not found in other files", () => {
    expect(isMarkedCard(PNG)).toBe(false);
    expect(isMarkedCard(Buffer.from("Software\0Relais, built-in generator"))).toBe(false);
    expect(isMarkedCard(new Uint8Array())).toBe(false);
  });
});
