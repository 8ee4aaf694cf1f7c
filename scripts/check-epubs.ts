import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { strFromU8, strToU8, unzipSync, zipSync, type Zippable } from "fflate";
import type { Book } from "../src/media/book/book.ts";
import { testBook } from "../src/media/book/book.testdata.ts";
import { makeBook } from "../src/media/book/make-book.ts";

// Holds books to EPUBCheck itself, which is a Java program: the port that the product carries knows fewer rules. A book with
// a planted error shows that the check really runs.

const EPUBCHECK = "/usr/bin/epubcheck";
/** Half the time of a program that runs for seconds only. */
const QUICK_START = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];

const EVERYTHING = `# Tout « ceci » <b>&</b> #cela

Du **gras**, de l'*italique*, du ~~barré~~, du \`code\`, [un lien](https://example.com/?a=1&b=é|2), une  
coupure, &eacute;, <script>alert(1)</script> et ![une image](https://example.com/a.png).

## Listes

1. un
2. deux
   - dedans

     encore
3. [x] fait

> Une citation
>
> > dans une autre

| gauche | milieu | droite |
|:-------|:------:|-------:|
| a | b | \`c\` |

\`\`\`html
<p align="left">
\`\`\`

---

Émoji 😀, arabe مرحبا, chinois 你好.
`;

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "relais-check-epubs-"));
  try {
    const full = await make(folder, "full", {
      chapters: [
        { title: "Un", markdown: "# Un\n\na" },
        { title: "", markdown: EVERYTHING },
      ],
    });
    const plain = await make(folder, "plain", {
      language: "en",
      subtitle: "",
      author: "",
      description: "",
      foreword: "",
      sourceType: null,
      chapters: [{ title: "", markdown: "Nothing but a line." }],
    });
    const planted = path.join(folder, "planted.epub");
    await writeFile(planted, withPlantedError(await readFile(full)));
    const [good, short, bad] = await Promise.all([full, plain, planted].map(epubCheck));
    if (good !== "" || short !== "") throw new Error(`EPUBCheck finds fault:\n${good}${short}`);
    if (!bad?.includes('"align"')) throw new Error(`EPUBCheck did not see the planted error:\n${bad}`);
    console.log("EPUBCheck finds no fault with 2 books, and finds the error that was planted in a third.");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function make(folder: string, name: string, changes: Partial<Book>): Promise<string> {
  const epubPath = path.join(folder, `${name}.epub`);
  const made = await makeBook(testBook(changes), {
    epubPath,
    pdfPath: path.join(folder, `${name}.pdf`),
    signal: AbortSignal.timeout(60_000),
    onProgress: () => undefined,
  });
  if (!("title" in made)) throw new Error(`no book was made: ${JSON.stringify(made)}`);
  return epubPath;
}

/** An attribute that HTML no longer has. */
function withPlantedError(epub: Uint8Array): Uint8Array {
  const files = unzipSync(epub);
  const page = "EPUB/chapter-001.xhtml";
  const entries = Object.entries(files).map(([name, content]): [string, Zippable[string]] => {
    if (name === "mimetype") return [name, [content, { level: 0 }]];
    if (name !== page) return [name, content];
    return [name, strToU8(strFromU8(content).replace("<p>", '<p align="left">'))];
  });
  return zipSync(Object.fromEntries(entries));
}

/** What EPUBCheck says of errors and warnings; empty where it finds none. */
async function epubCheck(epub: string): Promise<string> {
  const run = promisify(execFile)("java", [...QUICK_START, "-jar", EPUBCHECK, "--failonwarnings", epub], {
    timeout: 120_000,
  });
  try {
    await run;
    return "";
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    return said === "" ? String(error) : said;
  }
}

await main();
