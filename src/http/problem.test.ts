import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ERROR_CATALOGUE, RelaisError } from "../errors.ts";
import { ERROR_LIST_FILE } from "./error-list.ts";
import { problemBody } from "./problem.ts";

/** The sections of docs/errors.md: a code, the status it stands under, and its text. */
function documented(): { code: string; status: number; text: string }[] {
  const document = readFileSync(ERROR_LIST_FILE, "utf8");
  return document.split(/^## (?=\d{3}$)/m).flatMap((chapter) => {
    const status = Number(chapter.slice(0, 3));
    return chapter
      .split(/^### /m)
      .slice(1)
      .map((section) => ({ code: section.split("\n")[0] ?? "", status, text: section }));
  });
}

describe("docs/errors.md", () => {
  test("describes every code of the catalogue under its status, and no other", () => {
    const catalogue = Object.entries(ERROR_CATALOGUE).map(([code, { status }]) => `${status} ${code}`);
    const described = documented().map(({ code, status }) => `${status} ${code}`);
    expect(described.toSorted()).toEqual(catalogue.toSorted());
  });

  test.each(documented())("says of $code what it means, what it costs and what to do", ({ text }) => {
    expect(text).toMatch(/\*\*Meaning:\*\* \S/);
    expect(text).toMatch(/\*\*Money:\*\* \S/);
    expect(text).toMatch(/\*\*What to do:\*\* \S/);
  });
});

describe("ERROR_CATALOGUE", () => {
  test("writes the apostrophe as print does", () => {
    for (const { title } of Object.values(ERROR_CATALOGUE)) {
      expect(`${title.fr}\n${title.en}`).not.toContain("'");
    }
  });
});

describe("problem", () => {
  const error = new RelaisError("invalid_request", { fr: "Non.", en: "No." }, [
    { path: "limit", message: { fr: "De 1 à 100.", en: "From 1 to 100." } },
  ]);

  test("is written in the language of the request", () => {
    expect(problemBody(error, "fr")).toEqual({
      type: "/docs/errors#invalid_request",
      title: "Requête invalide",
      status: 422,
      detail: "Non.",
      code: "invalid_request",
      errors: [{ path: "limit", message: "De 1 à 100." }],
    });
    expect(problemBody(error, "en")).toMatchObject({
      title: "Invalid request",
      detail: "No.",
      errors: [{ message: "From 1 to 100." }],
    });
  });
});
