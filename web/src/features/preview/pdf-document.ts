import { AnnotationMode, getDocument, GlobalWorkerOptions } from "pdfjs-dist";
import { EventBus, LinkTarget, PDFLinkService, PDFViewer } from "pdfjs-dist/web/pdf_viewer.mjs";

/** An entry of the contents that a PDF brings along. */
export interface OutlineEntry {
  /** From 0, in the order of the list. */
  position: number;
  title: string;
  depth: number;
  /** Where it leads, as the PDF says it; null where it leads nowhere inside. */
  target: string | unknown[] | null;
}

/** A PDF that is drawn into a frame of the page. */
export interface ShownPdf {
  pageCount: number;
  outline: OutlineEntry[];
  goToPage(number: number): void;
  open(entry: OutlineEntry): void;
  zoom(direction: "in" | "out"): void;
  /** Fits the pages to the width of the frame. */
  fit(): void;
}

/** Called when the first page in sight is another one, with its number from 1. */
type OnPage = (number: number) => void;

/** Beyond it an outline is not looked at: who made the file is not known. */
const MAX_OUTLINE_ENTRIES = 2_000;

GlobalWorkerOptions.workerSrc = new URL("pdfjs-dist/build/pdf.worker.min.mjs", import.meta.url).href;

/**
 * Draws a PDF page by page as it is scrolled, with text that can be chosen and links. Its scripts do not run, and its links to
 * the outside open apart, without saying where one came from.
 * @param frame scrolls; positioned absolutely, and its only child holds the pages.
 * @throws where it is no PDF, or a broken one.
 */
export async function showPdf(
  frame: HTMLDivElement,
  { url, onPage, signal }: { url: string; onPage: OnPage; signal: AbortSignal },
): Promise<ShownPdf> {
  const loading = getDocument({ url, enableXfa: false, useWasm: false, useSystemFonts: true });
  signal.addEventListener("abort", () => void loading.destroy());
  const content = await loading.promise;
  const outline = outlineOf(await content.getOutline());
  signal.throwIfAborted();
  const { viewer, linkService } = createViewer(frame, onPage);
  const fitting = keepFitted(frame, viewer);
  signal.addEventListener("abort", () => {
    fitting.stop();
    viewer.cleanup();
  });
  viewer.setDocument(content);
  linkService.setDocument(content);
  return {
    pageCount: content.numPages,
    outline,
    goToPage(number) {
      viewer.currentPageNumber = number;
    },
    open({ target }) {
      if (target !== null) void linkService.goToDestination(target);
    },
    zoom(direction) {
      fitting.pause();
      if (direction === "in") viewer.increaseScale();
      else viewer.decreaseScale();
    },
    fit() {
      fitting.resume();
    },
  };
}

function createViewer(frame: HTMLDivElement, onPage: OnPage) {
  const eventBus = new EventBus();
  const linkService = new PDFLinkService({
    eventBus,
    externalLinkTarget: LinkTarget.BLANK,
    externalLinkRel: "noopener noreferrer",
    ignoreDestinationZoom: true,
  });
  const viewer = new PDFViewer({
    container: frame,
    eventBus,
    linkService,
    annotationMode: AnnotationMode.ENABLE,
    removePageBorders: true,
  });
  linkService.setViewer(viewer);
  eventBus.on("pagechanging", ({ pageNumber }: { pageNumber: number }) => {
    onPage(pageNumber);
  });
  return { viewer, linkService };
}

/** Fits the pages to the frame whenever its width changes, until a person has chosen a size. */
function keepFitted(frame: HTMLDivElement, viewer: PDFViewer) {
  let isFitted = true;
  const fit = (): void => {
    if (isFitted && viewer.pagesCount > 0) viewer.currentScaleValue = "page-width";
  };
  viewer.eventBus.on("pagesinit", fit);
  const sizes = new ResizeObserver(fit);
  sizes.observe(frame);
  return {
    pause() {
      isFitted = false;
    },
    resume() {
      isFitted = true;
      fit();
    },
    stop() {
      sizes.disconnect();
    },
  };
}

interface RawEntry {
  title: string;
  dest: string | unknown[] | null;
  items: RawEntry[];
}

/** The tree as a list, from the top. */
function outlineOf(entries: RawEntry[] | null): OutlineEntry[] {
  const list: OutlineEntry[] = [];
  const add = (entry: RawEntry, depth: number): void => {
    if (list.length >= MAX_OUTLINE_ENTRIES) {
      return;
    }
    list.push({ position: list.length, title: entry.title, depth, target: entry.dest });
    for (const inner of entry.items) {
      add(inner, depth + 1);
    }
  };
  for (const entry of entries ?? []) {
    add(entry, 0);
  }
  return list;
}
