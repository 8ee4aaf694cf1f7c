import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { strFromU8, unzipSync } from "fflate";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Provenance } from "../media/provenance.ts";
import { describedFiles } from "../workflow/described-files.ts";
import { stepSchema } from "../workflow/definition.ts";
import type { Json } from "../workflow/values.ts";
import { composeEbook } from "./compose-ebook.ts";
import { ComposeFailure, type ComposeContext } from "./composer.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "relais-ebook-"));
  const red = sharp({ create: { width: 60, height: 40, channels: 3, background: "#c00" } });
  await writeFile(path.join(folder, "red"), await red.png().toBuffer());
  await writeFile(path.join(folder, "broken"), "no picture at all");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const picture = (name: string): Json => ({ artifact_id: name, media_type: "image/png" });

async function compose(
  parameters: Record<string, Json>,
  prompt = "Foreword",
  provenance: Provenance | null = null,
) {
  const context: ComposeContext = {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    folder,
    files: (parameter) =>
      Promise.resolve(
        (describedFiles(parameter ?? null) ?? []).map(({ artifact_id: name }) => ({
          artifactId: name,
          hash: name,
          mediaType: "image/png",
          medium: "image" as const,
          path: path.join(folder, name),
        })),
      ),
    results: () => Promise.resolve([]),
    provenance,
  };
  const step = stepSchema.parse({ step_number: 1, ai_provider: "ebook", prompt });
  return await composeEbook({ step, prompt, parameters, topic: "the tides" }, context);
}

async function pagesOf(epub: string): Promise<Record<string, string>> {
  const entries = Object.entries(unzipSync(new Uint8Array(await readFile(epub))));
  return Object.fromEntries(entries.map(([name, content]) => [name, strFromU8(content)]));
}

describe("composeEbook", () => {
  test("makes an EPUB, then a PDF, named after the title, with pictures and foreword in their places", async () => {
    const chapters = ["# One\n\nThe sea is here.", null, { title: "Three", text: "And there it was." }];
    const images = [null, picture("broken"), picture("red")];
    const { medium, files } = await compose(
      { chapters, images, cover: picture("red"), title: 'A/B: "tides"?', language: "auto", page_size: "A5" },
      "To those who wait.",
      { source: "compositeWithTrainedAlgorithmicMedia", madeBy: ["openai:gpt-6"] },
    );
    expect(medium).toBe("document");
    expect(files.map(({ name, mediaType }) => [name, mediaType])).toEqual([
      ["A B “tides”.epub", "application/epub+zip"],
      ["A B “tides”.pdf", "application/pdf"],
    ]);
    const pages = await pagesOf(files[0]?.path ?? "");
    expect(pages["EPUB/foreword.xhtml"]).toContain("To those who wait.");
    expect(pages["EPUB/chapter-001.xhtml"]).not.toContain("<img");
    expect(pages["EPUB/chapter-002.xhtml"]).toContain('<img src="images/chapter-002.jpg"');
    expect(pages["EPUB/package.opf"]).toContain("<dc:language>en</dc:language>");
    expect(pages["EPUB/package.opf"]).toContain("/compositeWithTrainedAlgorithmicMedia<");
    expect(pages["EPUB/about.xhtml"]).toContain("openai:gpt-6");
  }, 20_000);

  test("takes the prompt for the text where no chapters are given", async () => {
    const { files } = await compose(
      {},
      "# La mer\n\n## Le flux\n\nElle monte.\n\n## Le reflux\n\nElle descend.",
    );
    expect(files[0]?.name).toBe("La mer.epub");
    const pages = await pagesOf(files[0]?.path ?? "");
    expect(pages["EPUB/chapter-002.xhtml"]).toContain("Elle descend.");
    expect(pages).not.toHaveProperty("EPUB/foreword.xhtml");
    expect(pages["EPUB/package.opf"]).toContain("<dc:language>fr</dc:language>");
    expect(pages["EPUB/package.opf"]).not.toContain("digitalsourcetype");
  }, 20_000);

  test.each<[string, Record<string, Json>, string]>([
    ["no chapter", { chapters: [null, "  "] }, "The book has no chapter"],
    ["something else than chapters", { chapters: [{ name: "x" }] }, "A chapter is neither a text"],
    [
      "more than a book holds",
      { chapters: Array.from({ length: 501 }, () => "a") },
      "too long: 501 chapters",
    ],
    [
      "a picture that is none",
      { chapters: ["a", "b"], images: [null, picture("broken")] },
      "The picture of chapter 2 cannot be read",
    ],
    [
      "a cover that is none",
      { chapters: ["a"], cover: picture("broken") },
      "The cover picture cannot be read",
    ],
  ])("refuses %s, and leaves no file", async (_, parameters, sentence) => {
    await rm(path.join(folder, "book.epub"), { force: true });
    await rm(path.join(folder, "book.pdf"), { force: true });
    const failure: unknown = await compose(parameters).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ComposeFailure);
    expect(failure instanceof ComposeFailure && failure.detail.en).toContain(sentence);
    expect(await readdir(folder)).not.toContain("book.epub");
  });
});
