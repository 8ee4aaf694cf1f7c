import { describe, expect, test } from "vitest";
import { contentDisposition } from "./content-disposition.ts";

describe("Content-Disposition", () => {
  test.each([
    "image/png",
    "image/jpeg",
    "image/webp",
    "image/gif",
    "audio/mpeg",
    "video/mp4",
    "audio/wav; x=y",
  ])("shows %s in place", (mediaType) => {
    expect(contentDisposition(mediaType, {})).toBe("inline");
  });

  test.each([
    "text/html",
    "image/svg+xml",
    "IMAGE/SVG+XML",
    "application/pdf",
    "text/plain",
    "",
    "application/xhtml+xml",
  ])("never shows %j in place", (mediaType) => {
    expect(contentDisposition(mediaType, {})).toBe("attachment");
  });

  test("saves under the asked name, in ASCII and in full", () => {
    expect(contentDisposition("image/png", { download: "1-été d'or.png" })).toBe(
      `attachment; filename="1-ete d'or.png"; filename*=UTF-8''1-%C3%A9t%C3%A9%20d%27or.png`,
    );
  });

  test.each([
    ['a"\r\nSet-Cookie: x=1', "a_Set-Cookie_ x=1"],
    ["../../etc/passwd", "_.._etc_passwd"],
    ["C:\\temp\\x.png", "C_temp_x.png"],
    ["...", "file"],
    ["", "file"],
    ["\ud800.png", "\ufffd.png"],
    ["photo\u202egnp.exe", "photo_gnp.exe"],
  ])("makes %j safe", (download, name) => {
    const header = contentDisposition("image/png", { download });
    expect(header).toContain(`filename*=UTF-8''${encodeURIComponent(name)}`);
    expect(header).toMatch(/^attachment; filename="[\x20-\x21\x23-\x7e]+"; filename\*=UTF-8''[\w.%~!-]+$/);
  });

  test("keeps a name in another script, with a plain one for old programs", () => {
    expect(contentDisposition("image/png", { download: "日本" })).toBe(
      `attachment; filename="file"; filename*=UTF-8''%E6%97%A5%E6%9C%AC`,
    );
  });

  test("proposes a name where none was asked for", () => {
    const suggested = "02-illustration.png";
    expect(contentDisposition("image/png", { suggested })).toBe(
      `inline; filename="02-illustration.png"; filename*=UTF-8''02-illustration.png`,
    );
    expect(contentDisposition("text/html", { suggested })).toMatch(/^attachment; filename=/);
    expect(contentDisposition("image/png", { suggested, download: "x.png" })).toContain('"x.png"');
  });

  test("lets a PDF be read in place where that is asked for, and nothing else", () => {
    expect(contentDisposition("application/pdf", { isRead: true })).toBe("inline");
    expect(contentDisposition("application/pdf; x=y", { isRead: true })).toBe("inline");
    expect(contentDisposition("application/pdf", { isRead: true, download: "a.pdf" })).toMatch(/^attachment/);
    for (const type of ["text/html", "image/svg+xml", "application/pdfx", "application/xhtml+xml", ""]) {
      expect(contentDisposition(type, { isRead: true })).toBe("attachment");
    }
  });
});
