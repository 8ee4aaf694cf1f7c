import { describe, expect, test } from "vitest";
import { chooseLanguage } from "./language.ts";

describe("language of a request", () => {
  test.each([
    [undefined, "fr"],
    ["", "fr"],
    ["*", "fr"],
    ["en", "en"],
    ["en-US,en;q=0.9", "en"],
    ["fr-CA, en;q=0.9", "fr"],
    ["de, en;q=0.5, fr;q=0.4", "en"],
    ["fr;q=0.2, en;q=0.8", "en"],
    ["en;q=0, *;q=0.5", "fr"],
    ["EN-gb", "en"],
    ["de, ja", "fr"],
    ["en;q=2, fr;q=0.1", "fr"],
    ["enormous nonsense ;;;,,,q=", "fr"],
  ])("takes %j as %s", (acceptLanguage, language) => {
    expect(chooseLanguage({ acceptLanguage })).toBe(language);
  });

  test("lets ?lang= win, and ignores a language that it does not speak", () => {
    expect(chooseLanguage({ query: "en", acceptLanguage: "fr" })).toBe("en");
    expect(chooseLanguage({ query: "fr", acceptLanguage: "en" })).toBe("fr");
    expect(chooseLanguage({ query: "de", acceptLanguage: "en" })).toBe("en");
  });
});
