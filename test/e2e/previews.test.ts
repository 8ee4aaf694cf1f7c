import { DatabaseSync } from "node:sqlite";
import path from "node:path";
import { strToU8, unzipSync, zipSync, type Zippable } from "fflate";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import type { StoredOutput } from "../../src/db/stored-values.ts";
import type { Screen } from "../support/browser.ts";
import { writtenPdf } from "../support/written-pdf.ts";
import { useStage } from "./stage.ts";

const stage = useStage();

const XHTML = `<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">`;
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const HOSTILE = `${XHTML}<head><title>Un</title><style>body{display:none!important}</style>
<script>window.isOwned = true</script></head>
<body onload="window.isOwned = true" style="position:fixed;inset:0">
<h1 id="un" class="mantine-Modal-root">Le premier soir</h1>
<p style="position:fixed" onclick="window.isOwned = true">Une <em>phrase</em> du livre.</p>
<img src="images/p.png" alt="Un point"/><img src="https://tracker.example/p.png" alt="ailleurs"/>
<img src="images/s.svg" alt="dessin"/>
<svg xmlns="http://www.w3.org/2000/svg" onload="window.isOwned = true"><script>window.isOwned = true</script></svg>
<iframe src="https://tracker.example/"></iframe><object data="x.html"></object><link rel="stylesheet" href="/x.css"/>
<form action="/api/combinations/execute" method="post"><button>Envoyer</button></form>
<p><a href="javascript:window.isOwned = true">lien mort</a> <a href="ch2.xhtml#fin">vers la fin</a></p>
</body></html>`;
const BOOK: Zippable = {
  mimetype: [strToU8("application/epub+zip"), { level: 0 }],
  "META-INF/container.xml": strToU8(
    `<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="O/book.opf"/></rootfiles></container>`,
  ),
  "O/book.opf":
    strToU8(`<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">
<metadata><dc:title>Les soirs</dc:title><dc:language>fr</dc:language></metadata><manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="c1" href="ch1.xhtml" media-type="application/xhtml+xml"/><item id="c2" href="ch2.xhtml" media-type="application/xhtml+xml"/>
<item id="p" href="images/p.png" media-type="image/png"/><item id="s" href="images/s.svg" media-type="image/svg+xml"/>
</manifest><spine><itemref idref="nav"/><itemref idref="c1"/><itemref idref="c2"/></spine></package>`),
  "O/nav.xhtml": strToU8(
    `${XHTML}<body><nav epub:type="toc"><ol><li><a href="ch1.xhtml">Soir un</a></li><li><a href="ch2.xhtml">Soir deux</a></li></ol></nav></body></html>`,
  ),
  "O/ch1.xhtml": strToU8(HOSTILE),
  "O/ch2.xhtml": strToU8(
    `${XHTML}<body><h1>Le second soir</h1><p id="fin">La fin du livre.</p></body></html>`,
  ),
  "O/images/p.png": new Uint8Array(PIXEL),
  "O/images/s.svg": strToU8(`<svg xmlns="http://www.w3.org/2000/svg" onload="window.isOwned = true"/>`),
};

const line = (text: string): string => {
  const drawing = `BT /F1 24 Tf 40 400 Td (${text}) Tj ET`;
  return `<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`;
};
const PDF_PAGE = "<< /Type /Page /Parent 2 0 R /Resources << /Font << /F1 9 0 R >> >>";
const LINK = "/Type /Annot /Subtype /Link /Border [0 0 0]";
/** Two pages with contents, a link to an address and one to a script, and a script that runs when it is opened. */
const PRINTED = writtenPdf([
  "<< /Type /Catalog /Pages 2 0 R /Outlines 7 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >>",
  "<< /Type /Pages /Kids [3 0 R 5 0 R] /Count 2 /MediaBox [0 0 420 595] >>",
  `${PDF_PAGE} /Contents 4 0 R /Annots [<< ${LINK} /Rect [40 300 200 330] /A << /S /URI /URI (https://elsewhere.example/) >> >> << ${LINK} /Rect [40 200 200 230] /A << /S /URI /URI (javascript:window.isOwned=true) >> >>] >>`,
  line("Le premier soir"),
  `${PDF_PAGE} /Contents 6 0 R >>`,
  line("Le second soir"),
  "<< /Type /Outlines /First 8 0 R /Last 8 0 R /Count 1 >>",
  "<< /Title (Second) /Parent 7 0 R /Dest [5 0 R /Fit] >>",
  "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
]);

/** Stores a file as a person does, and gives what a step that had made it would have written down. */
async function stored(name: string, bytes: Uint8Array): Promise<StoredOutput["files"][number]> {
  const form = new FormData();
  form.append("file", new Blob([new Uint8Array(bytes)]), name);
  const response = await fetch(`${stage.server.url}/api/combinations/artifacts`, {
    method: "POST",
    body: form,
  });
  const answer: { artifacts: { id: string; media_type: string; bytes: number }[] } = JSON.parse(
    await response.text(),
  );
  const [file] = answer.artifacts;
  if (!file) throw new Error("nothing was stored");
  return {
    artifactId: file.id,
    hash: "",
    bytes: file.bytes,
    mediaType: file.media_type,
    medium: "document",
  };
}

/** An execution whose only step has made this. */
async function made(output: Partial<StoredOutput>): Promise<number> {
  const steps = [{ step_number: 1, name: "livre", ai_provider: "gpt-4", prompt: "{topic}" }];
  const { id } = await stage.finished(
    await stage.execute({ steps, initial_input: "la nuit", mode: "rehearsal" }),
  );
  const database = new DatabaseSync(path.join(stage.dataFolder, "relais.db"));
  const hashes = database.prepare("SELECT hash FROM artifacts WHERE id = ?");
  const files = (output.files ?? []).map((file) => Object.assign({}, file, hashes.get(file.artifactId)));
  const whole: StoredOutput = { medium: "document", ...output, files };
  database.prepare("UPDATE step_runs SET output = ? WHERE execution_id = ?").run(JSON.stringify(whole), id);
  database.close();
  return id;
}

let spoken: Promise<number> | undefined;

/** An execution whose only step has said two sentences; the same each time. */
function speech(): Promise<number> {
  const prompt = "Une phrase. Puis une autre.";
  const steps = [{ step_number: 1, name: "voix", ai_provider: "openai-tts", prompt }];
  spoken ??= stage.execute({ steps, mode: "rehearsal" }).then(async (id) => (await stage.finished(id)).id);
  return spoken;
}

function opened(id: number, options: { language?: "fr" | "en"; size?: "phone" } = {}): Promise<Screen> {
  return stage.open({ path: `/combinations/executions/${id}`, ...options });
}

function ranScript(screen: Screen): Promise<boolean> {
  return screen.page.evaluate(() => Reflect.get(window, "isOwned") !== undefined);
}

describe("a book", () => {
  test("is read in the page, and nothing of it runs, styles the page or is loaded from elsewhere", async () => {
    const book = await stored("soirs.epub", zipSync(BOOK));
    const screen = await opened(await made({ files: [book] }), { size: "phone" });
    const { preview } = screen.texts;
    const page = screen.region("Soir un");
    await page.getByText("Une phrase du livre.").waitFor();
    await page.getByRole("img", { name: "Un point" }).waitFor();
    expect(await page.locator("img").count()).toBe(1);
    const traces =
      "[style*=fixed], script, style, iframe, object, form, link, svg, [onclick], [class*=Modal]";
    expect(await page.locator(traces).count()).toBe(0);
    expect(await page.getByText("lien mort").evaluate(({ localName }) => localName)).toBe("span");
    expect(await ranScript(screen)).toBe(false);
    expect(await screen.accessibilityProblems()).toEqual([]);
    expect(await screen.overflow()).toBe(0);

    await page.getByRole("button", { name: "vers la fin" }).click();
    await screen.region("Soir deux").getByText("La fin du livre.").waitFor();
    expect(await screen.button(preview.next).isDisabled()).toBe(true);
    const size = () => screen.region("Soir deux").evaluate((element) => getComputedStyle(element).fontSize);
    const before = await size();
    await screen.button(preview.largerText).click();
    await expect.poll(size).not.toBe(before);
    await screen.button(preview.contents).click();
    await screen.button("Soir un").click();
    await page.waitFor();
  });

  test("that cannot be read says so, and can still be taken away", async () => {
    const broken = zipSync({ ...BOOK, "O/book.opf": strToU8("<package") });
    const book = await stored("soirs.epub", broken);
    const screen = await opened(await made({ files: [book] }));
    await screen.text(screen.texts.preview.bookBroken).waitFor();
    const [name] = await screen.page
      .getByRole("link", { name: /01-livre/ })
      .evaluateAll((links) => links.map((link) => link.getAttribute("download")));
    expect(name).toBe("01-livre.epub");
  });
});

describe("a printed book", () => {
  test("is drawn page by page with its contents, and neither its scripts nor its addresses are followed", async () => {
    const pdf = await stored("soirs.pdf", PRINTED);
    const screen = await opened(await made({ files: [pdf] }), { language: "en", size: "phone" });
    const { preview } = screen.texts;
    const { page } = screen;
    await page.getByText("Le premier soir").waitFor({ state: "attached" });
    await screen.text("1 of 2").waitFor();
    const links = await page
      .locator(".linkAnnotation a[href]")
      .evaluateAll((all) => all.map((link) => [link.getAttribute("href"), link.getAttribute("rel")]));
    expect(links).toEqual([["https://elsewhere.example/", "noopener noreferrer"]]);
    expect(await ranScript(screen)).toBe(false);
    expect(await screen.accessibilityProblems()).toEqual([]);
    expect(await screen.overflow()).toBe(0);

    await screen.button(preview.contents).click();
    await screen.button("Second").click();
    await screen.text("2 of 2").waitFor();
    await page.getByText("Le second soir").waitFor({ state: "attached" });
    expect(await screen.button(preview.next).isDisabled()).toBe(true);
    await screen.button(preview.previous).click();
    await screen.text("1 of 2").waitFor();
    const width = () =>
      page
        .locator(".page")
        .first()
        .evaluate(({ clientWidth }) => clientWidth);
    const fitted = await width();
    await screen.button(preview.larger).click();
    await expect.poll(width).toBeGreaterThan(fitted);
    await screen.button(preview.fit).click();
    await expect.poll(width).toBe(fitted);
    await screen.button(preview.wholeWindow).click();
    await page.getByRole("dialog").getByText("1 of 2").waitFor();
  });

  test("that is broken says so, and can still be taken away", async () => {
    const pdf = await stored("soirs.pdf", PRINTED.slice(0, 40));
    const screen = await opened(await made({ files: [pdf] }));
    await screen.text(screen.texts.preview.pdfBroken).waitFor();
    await screen.link(screen.texts.preview.openAlone).waitFor();
  });
});

describe("several files of one result", () => {
  test("stand behind tabs, and a film shows its captions or not", async () => {
    // A film without pictures is enough to be captioned.
    const url = (await stage.execution(await speech())).results[0]?.url ?? "";
    const vtt = await stored("captions.vtt", strToU8("WEBVTT\n\n00:00.000 --> 00:09.000\nLa mer\n"));
    const video = { ...vtt, artifactId: url.split("/").at(-1) ?? "", mediaType: "video/mp4" };
    const id = await made({ medium: "video", files: [video, { ...vtt, mediaType: "text/vtt" }] });
    const screen = await opened(id, { language: "en" });
    const modes = () =>
      screen.page
        .locator("video")
        .evaluate((element: HTMLVideoElement) =>
          [...element.textTracks].map(({ mode, cues }) => `${mode} ${cues?.length ?? 0}`),
        );
    // Off at first: a film that comes with captions has them in its pictures.
    await expect.poll(modes).toEqual(["hidden 1"]);
    const captions = screen.page.getByRole("switch", { name: screen.texts.preview.captions });
    await captions.press("Space");
    await expect.poll(modes).toEqual(["showing 1"]);
    await captions.press("Space");
    await expect.poll(modes).toEqual(["hidden 1"]);
    await screen.page.getByRole("tab", { name: "VTT" }).click();
    await screen.text("00:00.000 --> 00:09.000").waitFor();
    expect(await screen.accessibilityProblems()).toEqual([]);
  });

  test("leave together as one ZIP", async () => {
    const files = [await stored("a.epub", zipSync(BOOK)), await stored("b.txt", strToU8("texte"))];
    const screen = await opened(await made({ files }));
    const waiting = screen.page.waitForEvent("download");
    await screen.link(screen.texts.execution.downloadAll).click();
    const download = await waiting;
    expect(download.suggestedFilename()).toMatch(/^Relais \d+ - la nuit\.zip$/);
    const inside = unzipSync(await readFile(await download.path()));
    expect(Object.keys(inside)).toEqual(["01-livre.epub", "01-livre.txt"]);
    expect(Buffer.from(inside["01-livre.txt"] ?? []).toString()).toBe("texte");
  });
});

describe("data", () => {
  test("is a tree whose paths and values can be copied", async () => {
    const id = await made({ medium: "json", json: { titre: "Les soirs", scenes: [{ lieu: "la mer" }] } });
    const screen = await opened(id, { language: "en" });
    await screen.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const { preview } = screen.texts;
    const entry = screen.page.getByRole("button", { name: "0 1 entry" });
    expect(await screen.text("la mer").count()).toBe(0);
    await entry.click();
    await screen.button("lieu la mer").click();
    await screen.button(preview.copyPath).click();
    const copied = () => screen.page.evaluate(() => navigator.clipboard.readText());
    await expect.poll(copied).toBe("scenes.0.lieu");
    await screen.button(preview.copyValue).click();
    await expect.poll(copied).toBe("la mer");
    await entry.press("ArrowLeft");
    expect(await screen.button("lieu la mer").count()).toBe(0);
  });
});

describe("a voice", () => {
  test("is played, its words are marked, and keys go through it", async () => {
    const screen = await opened(await speech(), { language: "en" });
    const { preview } = screen.texts;
    const slider = screen.page.getByRole("slider", { name: preview.position });
    await slider.press("End");
    await slider.press("Home");
    expect(await slider.inputValue()).toBe("0");
    await screen.page.locator("svg path").first().waitFor({ state: "attached" });
    await screen.page.getByRole("button", { name: /^Play/ }).click();
    await screen.page.locator("[data-current]").first().waitFor();
    await expect.poll(async () => Number(await slider.inputValue())).toBeGreaterThan(0);
    await screen.button(preview.pause).click();
    await screen.page.getByRole("button", { name: /^Play/ }).waitFor();
  });
});
