import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { strFromU8, unzipSync } from "fflate";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPdf, type ReadPdf } from "../../../test/support/pdf-reader.ts";
import type { Book } from "./book.ts";
import { testBook } from "./book.testdata.ts";
import { checkEpub } from "./epub-check.ts";
import { makeBook } from "./make-book.ts";

/** Everything that a chapter could hold to break out of a page, as one reads it on the page. */
const HOSTILE = [
  "#set text(fill: red) #panic(1) \\u{41} $x^2$ @label <label> ~ // rien /* rien */",
  "</p><script>alert(1)</script><img src=x onerror=alert(1)> ]]> &nope; <?php ?>",
];
const HOSTILE_CHAPTER = `# Titre #eval("1") </title>

${HOSTILE[0]}

${HOSTILE[1]}

![une image](https://example.com/pixel.png) [un lien](javascript:alert(1)) [le site](https://example.com/?a=1&b=2)

\`#code() </code>\`

\`\`\`
#code() </pre>
\`\`\`

Un\u0000 mot\u0008, un\ud800 demi.

Émoji 😀, arabe مرحبا, chinois 你好, hébreu שלום, ${"anticonstitutionnellement".repeat(3)}.
`;

const PROSE = "La lampe tourne, la mer répond, et le gardien écrit une ligne dans son registre. ".repeat(40);

let folder: string;
let picturePath: string;
let first: Made;
let long: Made;

function richBook(): Book {
  const [evening, morning] = testBook().chapters;
  if (!evening || !morning) throw new Error("the book has no chapters");
  const question = `${morning.markdown}\n\n- **A.** Le jour\n- **B.** La nuit`;
  const chapters = [evening, { title: "", markdown: HOSTILE_CHAPTER }, { ...morning, markdown: question }];
  return testBook({ chapters, pictures: [picturePath] });
}

interface Made {
  epub: Uint8Array;
  pdf: Uint8Array;
  files: Record<string, string>;
  read: ReadPdf;
}

async function make(book: Book, name: string): Promise<Made> {
  const epubPath = path.join(folder, `${name}.epub`);
  const pdfPath = path.join(folder, `${name}.pdf`);
  const signal = new AbortController().signal;
  const made = await makeBook(book, { epubPath, pdfPath, signal, onProgress: () => undefined });
  expect(made).toHaveProperty("title");
  const epub = new Uint8Array(await readFile(epubPath));
  const pdf = new Uint8Array(await readFile(pdfPath));
  const files = Object.fromEntries(
    Object.entries(unzipSync(epub)).map(([place, content]) => [place, strFromU8(content)]),
  );
  return { epub, pdf, files, read: readPdf(pdf) };
}

function identifierOf({ files }: Made): string {
  return /urn:uuid:[\da-f-]{36}/.exec(files["EPUB/package.opf"] ?? "")?.[0] ?? "";
}

/** A picture that no compression makes small; each is another. */
async function writeNoise(name: string): Promise<string> {
  const noise = { type: "gaussian" as const, mean: 128, sigma: 25 };
  const picture = sharp({ create: { width: 1_100, height: 800, channels: 3, background: "#000", noise } });
  const place = path.join(folder, name);
  await writeFile(place, await picture.png({ compressionLevel: 1 }).toBuffer());
  return place;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "relais-book-"));
  picturePath = await writeNoise("noise.png");
  first = await make(richBook(), "first");
  const chapters = Array.from({ length: 5 }, (_, index) => ({
    title: `Veille ${index}`,
    markdown: `${PROSE}\n\n${PROSE}`,
  }));
  const pictures = await Promise.all(chapters.map((_, index) => writeNoise(`noise-${index}.png`)));
  const changes: Partial<Book> = {
    chapters,
    pictures,
    coverPath: picturePath,
    pageSize: "6x9",
    sourceType: "compositeWithTrainedAlgorithmicMedia",
    models: ["openai:gpt-6"],
    language: "en",
  };
  long = await make(testBook(changes), "long");
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the EPUB of makeBook", () => {
  test("begins with its type, stored", () => {
    expect(strFromU8(first.epub.subarray(30, 58))).toBe("mimetypeapplication/epub+zip");
    expect(first.files["mimetype"]).toBe("application/epub+zip");
  });

  test("passes its check, and the check finds what is wrong", async () => {
    expect(await checkEpub(first.epub)).toEqual([]);
    expect(await checkEpub(long.epub)).toEqual([]);
    expect(await checkEpub(first.epub.subarray(0, first.epub.length - 30))).not.toEqual([]);
  });

  test("has the same bytes when it is made again, as has the PDF", async () => {
    const again = await make(richBook(), "again");
    expect(Buffer.compare(again.epub, first.epub)).toBe(0);
    expect(Buffer.compare(again.pdf, first.pdf)).toBe(0);
    expect(identifierOf(first)).not.toBe(identifierOf(long));
  }, 30_000);

  test("says what it is: title, author, language, accessibility and how it was made", () => {
    const said = first.files["EPUB/package.opf"];
    expect(said).toContain(">Le gardien de l’aube</dc:title>");
    expect(said).toContain(">Camille Dupré</dc:creator>");
    expect(said).toContain("<dc:language>fr</dc:language>");
    for (const property of [
      "accessMode",
      "accessModeSufficient",
      "accessibilityFeature",
      "accessibilityHazard",
    ])
      expect(said).toContain(`property="schema:${property}"`);
    expect(said).toContain("digitalsourcetype/algorithmicMedia<");
    expect(first.files["EPUB/about.xhtml"]).toContain("composés localement");
    expect(long.files["EPUB/about.xhtml"]).toContain("openai:gpt-6");
  });

  test("holds its fonts, its cover, and tables of contents of both generations", () => {
    const names = Object.keys(first.files);
    expect(names).toContain("EPUB/fonts/Literata-Regular.ttf");
    expect(names).toContain("EPUB/fonts/JetBrainsMono-Regular.ttf");
    expect(names).toContain("EPUB/fonts/NotoSansArabic-Regular.ttf");
    expect(Object.keys(long.files)).not.toContain("EPUB/fonts/JetBrainsMono-Regular.ttf");
    expect(names).toContain("EPUB/images/cover.jpg");
    expect(first.files["EPUB/contents.xhtml"]).toContain('<a href="chapter-001.xhtml">1. Le soir</a>');
    expect(first.files["EPUB/contents.xhtml"]).toContain(
      '<a href="chapter-001.xhtml#chapter-001-1">La lampe</a>',
    );
    expect(first.files["EPUB/toc.ncx"]).toContain("<text>3. Le matin</text>");
  });

  test("gives no second mark to choices that have their letter", () => {
    expect(first.files["EPUB/chapter-003.xhtml"]).toContain(
      '<ul class="lettered">\n<li><strong>A.</strong> Le jour</li>',
    );
    expect(first.files["EPUB/style.css"]).toContain(".lettered");
    const printed = first.read.pages.map(({ text }) => text).join(" ");
    expect(printed).toContain("A. Le jour");
    expect(printed).not.toMatch(/[–•] ?A\./);
  });

  test("shows marks of any language as text, keeps no address of a picture, and follows no script", () => {
    const chapter = first.files["EPUB/chapter-002.xhtml"] ?? "";
    expect(chapter).toContain("&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(chapter).toContain("&lt;?php");
    expect(chapter).not.toMatch(/<script|<img|javascript:|pixel\.png/);
    expect(chapter).toContain('<a href="https://example.com/?a=1&amp;b=2">le site</a>');
    expect(chapter).toContain("<code>#code() &lt;/pre&gt;</code>");
    expect(chapter).toContain("Un mot, un demi.");
  });
});

describe("the PDF of makeBook", () => {
  test("is tagged, with bookmarks, links, page numbers and embedded fonts", () => {
    const { read } = first;
    expect(read.isTagged).toBe(true);
    expect(read.language).toBe("fr");
    expect(read.bookmarks).toEqual([
      "Le soir",
      "La lampe",
      expect.stringContaining("Titre #eval"),
      "Le matin",
      "À propos de ce livre",
    ]);
    expect(read.innerLinks).toBe(5);
    expect(read.addresses).toEqual(["https://example.com/?a=1&b=2"]);
    expect(read.fonts).toBeGreaterThanOrEqual(4);
    expect(read.embeddedFonts).toBe(read.fonts);
    const contents = read.pages.find(({ text }) => text.includes("Table des matières"))?.text ?? "";
    const opening = read.pages.findIndex(({ text }) => text.includes("Le jour se lève"));
    expect(contents).toMatch(new RegExp(`Le matin[ .]*${opening + 1}`));
  });

  test("shows marks of any language as text", () => {
    const text = first.read.pages
      .map((page) => page.text)
      .join(" ")
      .replace(/\s+/g, " ");
    for (const marks of [
      "#panic(1)",
      "$x^2$",
      "<label>",
      "/* rien */",
      "<script>alert(1)</script>",
      "#code() </pre>",
    ])
      expect(text.replaceAll(" ", "")).toContain(marks.replaceAll(" ", ""));
  });

  test("draws emoji, Arabic and Chinese, and names what it cannot draw", () => {
    const text = first.read.pages.map((page) => page.text).join(" ");
    expect(text).toContain("😀");
    expect(text).toContain("你好");
    expect(text).toMatch(/[\u0600-\u06ff\ufe70-\ufeff]{3}/);
    expect(text).toContain("U+05E9");
    expect(long.read.pages.at(-1)?.text).not.toContain("U+");
  });

  test("leaves no few lines of a chapter alone on a page, and cuts running heads after a word", async () => {
    const sentence =
      "La lampe tourne, la mer répond, et le gardien écrit une ligne dans son registre, sans lever les yeux.";
    const chapterOf = (title: string, count: number) => ({
      title,
      markdown: Array.from({ length: count }, () => sentence).join("\n\n"),
    });
    const watches = [11, 12, 13, 14, 15, 16].map((count) => chapterOf(`Veille de ${count} heures`, count));
    const longest = chapterOf("Ce que l’on raconte des nuits sans lune, et de ce qu’elles taisaient", 40);
    const { read } = await make(testBook({ chapters: [...watches, longest] }), "ends");
    const bodies = read.pages.slice(4, -1).map(({ text }) => text);
    expect(bodies.length).toBeGreaterThan(watches.length + 2);
    expect(Math.min(...bodies.map((text) => text.split("registre").length - 1))).toBeGreaterThanOrEqual(3);
    const heads = bodies.map((text) => text.slice(0, text.indexOf("La lampe")));
    expect(heads).toContain("Ce que l’on raconte des nuits sans lune, et de ce qu’elles…");
  }, 30_000);

  test("has the size that was asked for", () => {
    const [a5] = first.read.pages;
    const [sixByNine] = long.read.pages;
    expect(a5?.widthPt).toBeCloseTo(419.53, 1);
    expect(a5?.heightPt).toBeCloseTo(595.28, 1);
    expect(sixByNine).toMatchObject({ widthPt: 432, heightPt: 648 });
  });

  test("stays under 3 MB at twenty pages with a picture for every chapter", () => {
    expect(long.read.pages.length).toBeGreaterThanOrEqual(20);
    expect(long.pdf.length).toBeGreaterThan(400_000);
    expect(long.pdf.length).toBeLessThan(3_000_000);
    expect(long.epub.length).toBeLessThan(3_000_000);
  });

  test("says in its metadata what it is and how it was made", () => {
    expect(first.read.xmp).toContain("Le gardien de l’aube");
    expect(first.read.xmp).toContain("Camille Dupré");
    expect(first.read.xmp).toContain("digitalsourcetype/algorithmicMedia<");
    expect(long.read.xmp).toContain("digitalsourcetype/compositeWithTrainedAlgorithmicMedia<");
  });
});

describe("makeBook", () => {
  test("says which picture cannot be read, and leaves no file", async () => {
    const cut = path.join(folder, "cut.png");
    const drawing = path.join(folder, "drawing.png");
    await writeFile(cut, (await readFile(picturePath)).subarray(0, 4_000));
    await writeFile(
      drawing,
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9"><image xlink:href="file:///etc/hostname" width="9" height="9"/></svg>`,
    );
    const writing = {
      epubPath: path.join(folder, "none.epub"),
      pdfPath: path.join(folder, "none.pdf"),
      signal: new AbortController().signal,
      onProgress: () => undefined,
    };
    expect(await makeBook(testBook({ pictures: [null, cut] }), writing)).toEqual({ unreadable: 1 });
    expect(await makeBook(testBook({ coverPath: drawing }), writing)).toEqual({ unreadable: "cover" });
    expect(await readdir(folder)).not.toContain("none.epub");
    expect(await readdir(folder)).not.toContain("none.pdf");
  });

  test("ends with its signal", async () => {
    const reason = new Error("cancelled");
    const making = makeBook(testBook(), {
      epubPath: path.join(folder, "late.epub"),
      pdfPath: path.join(folder, "late.pdf"),
      signal: AbortSignal.abort(reason),
      onProgress: () => undefined,
    });
    await expect(making).rejects.toBe(reason);
    expect(await readdir(folder)).not.toContain("late.epub");
  });
});
