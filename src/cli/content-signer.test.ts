import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testCertificate } from "../media/certificate.testdata.ts";
import { openMarking } from "./content-signer.ts";

const logger = pino({ level: "silent" });
const pems = testCertificate();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "relais-signer-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function openWith(certificatePem: string, keyPem: string) {
  const [certificate, key] = [path.join(folder, "c.pem"), path.join(folder, "k.pem")];
  await writeFile(certificate, certificatePem);
  await writeFile(key, keyPem);
  return await openMarking({ contentCredentials: { certificate, key } }, logger);
}

describe("openMarking", () => {
  test("signs nothing where nothing is set", async () => {
    expect((await openMarking({ contentCredentials: null }, logger)).signer).toBeNull();
  });

  test("takes a certificate and its key that can sign", async () => {
    expect((await openWith(pems.certificate + pems.authority, pems.key)).signer?.algorithm).toBe("es256");
  });

  test("refuses, in both languages, what does not fit together", async () => {
    const other = testCertificate();
    await expect(openWith(pems.certificate, other.key)).rejects.toMatchObject({
      exitCode: 2,
      detail: {
        en: expect.stringMatching(/is not the one of the first certificate.*Nothing was started or billed/),
        fr: expect.stringMatching(/n’est pas celle du premier certificat.*Rien n’a été lancé ni facturé/),
      },
    });
    await expect(openWith(pems.authority, pems.key)).rejects.toMatchObject({ exitCode: 2 });
    await expect(openWith("", pems.key)).rejects.toThrow("holds no certificate");
    const nowhere = path.join(folder, "nowhere.pem");
    const missing = openMarking({ contentCredentials: { certificate: nowhere, key: nowhere } }, logger);
    await expect(missing).rejects.toThrow("RELAIS_C2PA_CERT: the file");
  });

  test("refuses a certificate that was not made for signing content, by a trial", async () => {
    const wrong = testCertificate({ purpose: "serverAuth" });
    await expect(openWith(wrong.certificate, wrong.key)).rejects.toThrow("a trial signature failed");
  });
});
