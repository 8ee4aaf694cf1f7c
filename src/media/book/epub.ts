import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { strToU8, zipSync, type Zippable } from "fflate";
import { SOURCE_TYPE_ADDRESS, type SourceType } from "./book.ts";
import { CODE_FONT, TEXT_FONTS, type FontFile } from "./book-fonts.ts";
import type { BookPicture } from "./book-pictures.ts";
import { fillWords } from "./book-words.ts";
import { contentsOf, type ContentsEntry } from "./contents.ts";
import type { Manuscript, ManuscriptChapter } from "./manuscript.ts";
import { plainText, type Heading } from "./text-tree.ts";
import { blocksToXhtml, inlinesToXhtml, xmlText } from "./xhtml.ts";

/** The font of other scripts that is small enough for a book; reading systems bring their own for the rest. */
const EMBEDDED_FURTHER = new Set(["Noto Sans Arabic"]);
/**
 * What stands as the time of the last change. Readers tell editions apart by it and the identifier, and the identifier
 * follows from the content; a clock would make every build another file.
 */
const MODIFIED = "2026-01-01T00:00:00Z";
/** ZIP counts its times from 1980, without a zone: parts of a date read the same everywhere. */
const ENTRY_TIME = new Date(2026, 0, 1);

export interface EpubParts {
  manuscript: Manuscript;
  cover: BookPicture;
  /** One for each chapter; null where it has none. */
  pictures: (BookPicture | null)[];
  further: FontFile[];
  sourceType: SourceType | null;
}

interface Item {
  id: string;
  path: string;
  mediaType: string;
  content: Uint8Array;
  properties?: string;
}

const XHTML = "application/xhtml+xml";

/** Writes an EPUB 3.2 with a table of contents for EPUB 2 readers beside its own. The same parts give the same bytes. */
export function writeEpub(parts: EpubParts): Uint8Array {
  const { manuscript, cover, pictures } = parts;
  const fonts = fontsOf(parts);
  const pages = pagesOf(parts);
  const items: Item[] = [
    ...pages,
    navigationOf(manuscript, pages),
    { id: "style", path: "style.css", mediaType: "text/css", content: strToU8(styleOf(fonts)) },
    {
      id: "cover-image",
      path: "images/cover.jpg",
      mediaType: "image/jpeg",
      content: cover.jpeg,
      properties: "cover-image",
    },
    ...pictures.flatMap((picture, index): Item[] =>
      picture === null
        ? []
        : [
            {
              id: `image-${index + 1}`,
              path: imagePath(index),
              mediaType: "image/jpeg",
              content: picture.jpeg,
            },
          ],
    ),
    ...fonts.map((font, index): Item => ({
      id: `font-${index + 1}`,
      path: `fonts/${font.name}`,
      mediaType: "font/ttf",
      content: readFileSync(font.path),
    })),
  ];
  const identifier = identifierOf(manuscript, items);
  const ncx: Item = {
    id: "ncx",
    path: "toc.ncx",
    mediaType: "application/x-dtbncx+xml",
    content: strToU8(ncxOf(manuscript, identifier)),
  };
  const all = [...items, ncx];
  return zipped(all, packageOf(parts, { items: all, pages, identifier }));
}

const CONTAINER = `<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>`;

function zipped(items: Item[], packageDocument: string): Uint8Array {
  const files: Zippable = {
    // First and stored, so that its bytes stand where readers look for them.
    mimetype: [strToU8("application/epub+zip"), { level: 0 }],
    "META-INF/container.xml": strToU8(CONTAINER),
    "EPUB/package.opf": strToU8(packageDocument),
  };
  for (const item of items)
    files[`EPUB/${item.path}`] = [item.content, { level: item.mediaType === "image/jpeg" ? 0 : 9 }];
  return zipSync(files, { mtime: ENTRY_TIME, level: 9 });
}

function fontsOf({ manuscript, further }: EpubParts): FontFile[] {
  // Readers slant the bold by themselves in the few places that need both.
  const text = TEXT_FONTS.filter((font) => font.weight === 400 || font.style === "normal");
  const hasCode = JSON.stringify([manuscript.chapters, manuscript.foreword]).includes('{"kind":"code"');
  return [
    ...text,
    ...(hasCode ? [CODE_FONT] : []),
    ...further.filter((font) => EMBEDDED_FURTHER.has(font.family)),
  ];
}

function styleOf(fonts: FontFile[]): string {
  const faces = fonts.map(
    ({ family, weight, style, name }) =>
      `@font-face {\n  font-family: "${family}";\n  font-weight: ${weight};\n  font-style: ${style};\n  src: url("fonts/${name}");\n}`,
  );
  const sheet = readFileSync(new URL("./book.css", import.meta.url), "utf8");
  const others = fonts.map((font) => font.family).filter((family) => EMBEDDED_FURTHER.has(family));
  const families = others.map((family) => `"${family}", `).join("");
  return `${faces.join("\n")}\n${sheet.replace("Georgia,", `${families}Georgia,`)}`;
}

interface Page extends Item {
  /** In `epub:type`, for reading systems. */
  type: string;
}

function pagesOf({ manuscript, cover, pictures }: EpubParts): Page[] {
  const { words, title, foreword, about, chapters } = manuscript;
  const coverAlt = xmlText(fillWords(words.coverPicture, { title }));
  const pages: Page[] = [
    page(manuscript, {
      name: "cover",
      title: words.cover,
      type: "cover",
      body: `<section class="cover" epub:type="cover">\n<img src="images/cover.jpg" alt="${coverAlt}" width="${cover.width}" height="${cover.height}"/>\n</section>`,
    }),
    page(manuscript, { name: "title", title, type: "titlepage", body: titlePage(manuscript) }),
  ];
  if (foreword.length > 0) {
    const body = `<section class="foreword" epub:type="foreword" role="doc-foreword" aria-label="${xmlText(words.foreword)}">\n${blocksToXhtml(foreword, headingIds("foreword"))}\n</section>`;
    pages.push(page(manuscript, { name: "foreword", title: words.foreword, type: "foreword", body }));
  }
  chapters.forEach((chapter, index) => {
    const body = chapterBody(manuscript, chapter, { index, picture: pictures[index] ?? null });
    const name = chapterName(index);
    pages.push(page(manuscript, { name, title: plainText(chapter.title), type: "chapter", body }));
  });
  const lines = [...about, words.typesetBy].map((line) => `<p>${xmlText(line)}</p>`).join("\n");
  const aboutBody = `<section class="about" epub:type="colophon" role="doc-colophon" aria-labelledby="about">\n<h1 id="about">${xmlText(words.about)}</h1>\n${lines}\n</section>`;
  pages.push(page(manuscript, { name: "about", title: words.about, type: "colophon", body: aboutBody }));
  return pages;
}

function page(
  { language }: Manuscript,
  { name, title, type, body }: { name: string; title: string; type: string; body: string },
): Page {
  return {
    id: name,
    path: `${name}.xhtml`,
    mediaType: XHTML,
    type,
    content: strToU8(xhtmlDocument({ language, title, body })),
  };
}

function xhtmlDocument({ language, title, body }: { language: string; title: string; body: string }): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="${language}" xml:lang="${language}">
<head>
<meta charset="UTF-8"/>
<title>${xmlText(title)}</title>
<link rel="stylesheet" type="text/css" href="style.css"/>
</head>
<body>
${body}
</body>
</html>`;
}

function titlePage({ title, subtitle, author }: Manuscript): string {
  const lines = [
    `<h1>${xmlText(title)}</h1>`,
    subtitle === "" ? "" : `<p class="subtitle">${xmlText(subtitle)}</p>`,
    author === "" ? "" : `<p class="author">${xmlText(author)}</p>`,
  ];
  return `<section class="title-page" epub:type="titlepage">\n${lines.filter((line) => line !== "").join("\n")}\n</section>`;
}

function chapterName(index: number): string {
  return `chapter-${String(index + 1).padStart(3, "0")}`;
}

function imagePath(index: number): string {
  return `images/chapter-${String(index + 1).padStart(3, "0")}.jpg`;
}

/** Names each heading once: `chapter-001-2` is the second of its page. */
function headingIds(prefix: string): (heading: Heading) => string {
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}-${count}`;
  };
}

function chapterBody(
  { words }: Manuscript,
  { title, number, blocks }: ManuscriptChapter,
  { index, picture }: { index: number; picture: BookPicture | null },
): string {
  const name = chapterName(index);
  const alt = xmlText(fillWords(words.chapterPicture, { title: plainText(title) }));
  const parts = [
    number === null ? "" : `<p class="number" aria-hidden="true">${number}</p>`,
    `<h1 id="${name}">${inlinesToXhtml(title)}</h1>`,
    picture === null
      ? ""
      : `<figure><img src="${imagePath(index)}" alt="${alt}" width="${picture.width}" height="${picture.height}"/></figure>`,
    blocksToXhtml(blocks, headingIds(name)),
  ];
  return `<section epub:type="chapter" role="doc-chapter" aria-labelledby="${name}">\n${parts.filter((part) => part !== "").join("\n")}\n</section>`;
}

/** The lines of the table of contents, with where they lead. */
function linesOf(manuscript: Manuscript): { entry: ContentsEntry; href: string; sectionHrefs: string[] }[] {
  return contentsOf(manuscript).map((entry, index) => {
    const name = chapterName(index);
    const idOf = headingIds(name);
    const ids = manuscript.chapters[index]?.blocks.flatMap((block) =>
      block.kind === "heading" ? [{ id: idOf(block), level: block.level }] : [],
    );
    const sections = (ids ?? []).filter(({ level }) => level === 2);
    return { entry, href: `${name}.xhtml`, sectionHrefs: sections.map(({ id }) => `${name}.xhtml#${id}`) };
  });
}

function numbered({ number, title }: ContentsEntry): string {
  return xmlText(number === null ? title : `${number}. ${title}`);
}

function navigationOf(manuscript: Manuscript, pages: Page[]): Item {
  const { language, words } = manuscript;
  const lines = linesOf(manuscript).map(({ entry, href, sectionHrefs }) => {
    const sections = entry.sections.map(
      (section, index) => `<li><a href="${sectionHrefs[index]}">${xmlText(section)}</a></li>`,
    );
    const nested = sections.length === 0 ? "" : `\n<ol>\n${sections.join("\n")}\n</ol>`;
    return `<li><a href="${href}">${numbered(entry)}</a>${nested}</li>`;
  });
  const landmarks = [
    ["cover", "cover.xhtml", words.cover],
    ["toc", "contents.xhtml", words.contents],
    ["bodymatter", `${chapterName(0)}.xhtml`, words.beginning],
  ].map(
    ([type, href, label]) => `<li><a epub:type="${type}" href="${href}">${xmlText(label ?? "")}</a></li>`,
  );
  const about = pages.at(-1);
  const aboutLine =
    about === undefined ? "" : `\n<li><a href="${about.path}">${xmlText(words.about)}</a></li>`;
  const body = `<nav epub:type="toc" id="toc" role="doc-toc" aria-labelledby="contents">
<h1 id="contents">${xmlText(words.contents)}</h1>
<ol>
${lines.join("\n")}${aboutLine}
</ol>
</nav>
<nav epub:type="landmarks" aria-labelledby="landmarks" hidden="hidden">
<h2 id="landmarks">${xmlText(words.landmarks)}</h2>
<ol>
${landmarks.join("\n")}
</ol>
</nav>`;
  return {
    id: "contents",
    path: "contents.xhtml",
    mediaType: XHTML,
    content: strToU8(xhtmlDocument({ language, title: words.contents, body })),
    properties: "nav",
  };
}

function ncxOf(manuscript: Manuscript, identifier: string): string {
  const points = linesOf(manuscript).map(
    ({ entry, href }, index) =>
      `<navPoint id="point-${index + 1}" playOrder="${index + 1}"><navLabel><text>${numbered(entry)}</text></navLabel><content src="${href}"/></navPoint>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1" xml:lang="${manuscript.language}">
<head>
<meta name="dtb:uid" content="${identifier}"/>
<meta name="dtb:depth" content="1"/>
<meta name="dtb:totalPageCount" content="0"/>
<meta name="dtb:maxPageNumber" content="0"/>
</head>
<docTitle><text>${xmlText(manuscript.title)}</text></docTitle>
<navMap>
${points.join("\n")}
</navMap>
</ncx>`;
}

/** A UUID (version 8 of RFC 9562) made of the content's hash: the same book has the same identifier, another one another. */
function identifierOf(manuscript: Manuscript, items: Item[]): string {
  const hash = createHash("sha256").update(JSON.stringify(manuscript));
  for (const item of items) hash.update(item.path).update(item.content);
  const digits = hash.digest("hex");
  const variant = "89ab"[Number.parseInt(digits.slice(16, 17), 16) % 4];
  return `urn:uuid:${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}

/** Accessibility as schema.org names it (EPUB Accessibility 1.1). */
function accessibilityOf({ manuscript, pictures }: EpubParts): string {
  const hasPictures = pictures.some((picture) => picture !== null);
  const properties: [string, string][] = [
    ["accessMode", "textual"],
    ["accessMode", "visual"],
    ["accessModeSufficient", "textual"],
    ["accessibilityFeature", "structuralNavigation"],
    ["accessibilityFeature", "tableOfContents"],
    ["accessibilityFeature", "readingOrder"],
    ["accessibilityFeature", "displayTransformability"],
    ...(hasPictures ? ([["accessibilityFeature", "alternativeText"]] satisfies [string, string][]) : []),
    ["accessibilityHazard", "none"],
    ["accessibilitySummary", manuscript.words.accessibility],
  ];
  return properties
    .map(([property, value]) => `<meta property="schema:${property}">${xmlText(value)}</meta>`)
    .join("\n");
}

function packageOf(
  parts: EpubParts,
  { items, pages, identifier }: { items: Item[]; pages: Page[]; identifier: string },
): string {
  const { manuscript, sourceType } = parts;
  const { language, title, subtitle, author, description } = manuscript;
  const manifest = items.map(
    ({ id, path, mediaType, properties }) =>
      `<item id="${id}" href="${path}" media-type="${mediaType}"${properties === undefined ? "" : ` properties="${properties}"`}/>`,
  );
  // The table of contents is read after the page of the title, and after the foreword where there is one.
  const spine = pages.flatMap(({ id, type }, index) => {
    const isLastOfFront = type !== "chapter" && pages[index + 1]?.type === "chapter";
    return isLastOfFront ? [id, "contents"] : [id];
  });
  const lines = [
    `<dc:identifier id="identifier">${identifier}</dc:identifier>`,
    `<dc:title id="main-title">${xmlText(title)}</dc:title>`,
    `<meta refines="#main-title" property="title-type">main</meta>`,
    ...(subtitle === ""
      ? []
      : [
          `<dc:title id="subtitle">${xmlText(subtitle)}</dc:title>`,
          `<meta refines="#subtitle" property="title-type">subtitle</meta>`,
        ]),
    ...(author === ""
      ? []
      : [
          `<dc:creator id="author">${xmlText(author)}</dc:creator>`,
          `<meta refines="#author" property="role" scheme="marc:relators">aut</meta>`,
        ]),
    `<dc:language>${language}</dc:language>`,
    ...(description === "" ? [] : [`<dc:description>${xmlText(description)}</dc:description>`]),
    `<meta property="dcterms:modified">${MODIFIED}</meta>`,
    `<meta name="cover" content="cover-image"/>`,
    ...(sourceType === null
      ? []
      : [`<meta property="iptcext:DigitalSourceType">${SOURCE_TYPE_ADDRESS}${sourceType}</meta>`]),
    accessibilityOf(parts),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="identifier" xml:lang="${language}" prefix="iptcext: http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
${lines.join("\n")}
</metadata>
<manifest>
${manifest.join("\n")}
</manifest>
<spine toc="ncx">
${spine.map((id) => `<itemref idref="${id}"/>`).join("\n")}
</spine>
</package>`;
}
