import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testCertificate } from "./certificate.testdata.ts";
import { readCredentials, signFile } from "./content-credentials.ts";
import { markFile } from "./mark-file.ts";
import { sourceUri, type Provenance } from "./provenance.ts";
import { readSigner, SignerProblem } from "./signer.ts";
import { decoded, sampleFolder, samplePdf, samplePicture, writeSample } from "./sample-media.testdata.ts";

const BY_AI: Provenance = {
  source: "trainedAlgorithmicMedia",
  title: "La mer",
  madeBy: ["openai:gpt-image-2"],
};
const NOW = new Date("2026-11-22");
const PEMS = testCertificate();
const SIGNER = readSigner(PEMS.certificate + PEMS.authority, PEMS.key, NOW);
const signal = new AbortController().signal;

let folder: string;
let mp4: Buffer;
let mp3: Buffer;

beforeAll(async () => {
  folder = await sampleFolder();
  mp4 = await readFile(await writeSample(folder, "mp4"));
  mp3 = await readFile(await writeSample(folder, "mp3"));
});
afterAll(() => rm(folder, { recursive: true }));

async function signed(bytes: Uint8Array, mediaType: string): Promise<Buffer> {
  const marked = await markFile({ bytes }, mediaType, BY_AI);
  const content = await signFile(marked, { mediaType, provenance: BY_AI, signer: SIGNER, signal });
  return Buffer.from("bytes" in content ? content.bytes : await readFile(content.path));
}

describe("signFile", () => {
  test.each([
    ["image/png", () => samplePicture("png")],
    ["image/jpeg", () => samplePicture("jpeg")],
    ["video/mp4", () => Promise.resolve(mp4)],
    ["audio/mpeg", () => Promise.resolve(mp3)],
    ["application/pdf", () => Promise.resolve(samplePdf())],
  ])("signs what a file says, so that a changed byte is found (%s)", async (mediaType, sample) => {
    const file = await signed(await sample(), mediaType);
    const trusting = { mediaType, trusted: PEMS.authority, signal };
    expect(await readCredentials({ bytes: file }, trusting)).toEqual({
      state: "Trusted",
      findings: [],
      digitalSourceType: sourceUri("trainedAlgorithmicMedia"),
      title: "La mer",
    });
    // What was written into the file without a signature is still there.
    expect(file.includes("<Iptc4xmpExt:DigitalSourceType>")).toBe(true);
    const changed = Buffer.from(file);
    const at = changed.indexOf("trainedAlgorithmicMedia");
    changed[at] = (changed[at] ?? 0) ^ 1;
    const found = await readCredentials({ bytes: changed }, trusting);
    expect(found?.state).toBe("Invalid");
  });

  test("signs a film on disk under its own name, which still plays", async () => {
    const place = path.join(folder, "signed.mp4");
    await writeFile(place, mp4);
    const options = { mediaType: "video/mp4", provenance: BY_AI, signer: SIGNER, signal };
    expect(await signFile({ path: place }, options)).toEqual({ path: place });
    expect((await readCredentials({ path: place }, { mediaType: "video/mp4", signal }))?.state).toBe("Valid");
    expect((await decoded(place)).frames).toBe(10);
    expect((await readdir(folder)).filter((name) => name.includes(".signed"))).toEqual([]);
  });

  test("leaves the pixels of a picture as they are", async () => {
    const before = await samplePicture("png");
    expect(
      await sharp(await signed(before, "image/png"))
        .raw()
        .toBuffer(),
    ).toEqual(await sharp(before).raw().toBuffer());
  });

  test("leaves a file alone that carries somebody's manifest already, as marking does", async () => {
    const once = await signed(await samplePicture("jpeg"), "image/jpeg");
    expect(await signed(once, "image/jpeg")).toEqual(once);
    const film = await signed(mp4, "video/mp4");
    expect(await signed(film, "video/mp4")).toEqual(film);
  });

  test("fails on a damaged file, which stays as it was", async () => {
    const place = path.join(folder, "damaged.png");
    const damaged = (await samplePicture("png")).subarray(0, 30);
    await writeFile(place, damaged);
    const options = { mediaType: "image/png", provenance: BY_AI, signer: SIGNER, signal };
    await expect(signFile({ path: place }, options)).rejects.toThrow("content-credentials-worker");
    expect(await readFile(place)).toEqual(damaged);
  });
});

describe("readCredentials", () => {
  test("finds nothing in a file without a manifest", async () => {
    const bytes = await samplePicture("png");
    expect(await readCredentials({ bytes }, { mediaType: "image/png", signal })).toBeNull();
  });
});

function reasonOf(certificate: string, key: string, now = NOW): string {
  try {
    readSigner(certificate, key, now);
  } catch (error) {
    if (error instanceof SignerProblem) return error.reason;
    throw error;
  }
  return "none";
}

describe("readSigner", () => {
  test("says what is wrong with a certificate and a key", () => {
    const other = testCertificate();
    expect(reasonOf(PEMS.certificate, PEMS.key)).toBe("none");
    expect(reasonOf("no certificate", PEMS.key)).toBe("certificate");
    expect(reasonOf("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", PEMS.key)).toBe(
      "certificate",
    );
    expect(reasonOf(PEMS.certificate, "no key")).toBe("key");
    expect(reasonOf(PEMS.certificate, other.key)).toBe("pair");
    expect(reasonOf(PEMS.certificate, PEMS.key, new Date("2049-01-02"))).toBe("dates");
  });

  test("leaves the root out of the chain", () => {
    expect(SIGNER.chain).toHaveLength(1);
    expect(SIGNER.algorithm).toBe("es256");
  });
});
