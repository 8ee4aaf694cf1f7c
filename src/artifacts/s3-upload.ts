import { open, type FileHandle } from "node:fs/promises";
import { S3Refusal, textIn, type S3Client } from "./s3-client.ts";

/** Parts that are under way at the same time; each is in memory. */
const PARTS_AT_ONCE = 2;

interface Upload {
  name: string;
  /** The file. */
  place: string;
  partBytes: number;
}

/**
 * Sends a file in parts, none of which the store shows before all are there. Memory holds two parts, however large the file is.
 * @throws S3Refusal, S3Unreachable; what has arrived by then is given up, and nothing is stored.
 */
export async function uploadInParts(client: S3Client, { name, place, partBytes }: Upload): Promise<void> {
  const begun = await client.ask({ method: "POST", name, query: { uploads: "" } });
  const uploadId = textIn(begun.text, "UploadId");
  const file = await open(place);
  try {
    const tags = await sendParts(client, file, { name, uploadId, partBytes });
    await complete(client, { name, uploadId, tags });
  } catch (error) {
    // Parts that nobody completes cost money. Where this fails too, the bucket's own rule ends them.
    await client.ask({ method: "DELETE", name, query: { uploadId } }, 1).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
}

/** Sends all parts and gives their tags, in order. */
async function sendParts(
  client: S3Client,
  file: FileHandle,
  { name, uploadId, partBytes }: { name: string; uploadId: string; partBytes: number },
): Promise<string[]> {
  const { size } = await file.stat();
  const parts = Math.ceil(size / partBytes);
  const tags: string[] = [];
  let next = 0;
  const abort = new AbortController();
  const sendSome = async (): Promise<void> => {
    // Used again for each part: memory does not depend on when it is collected.
    const memory = Buffer.allocUnsafeSlow(Math.min(partBytes, size));
    while (next < parts) {
      const part = next;
      next += 1;
      const body = await readPart(file, memory, part * partBytes);
      const query = { partNumber: String(part + 1), uploadId };
      const { headers } = await client.ask({ method: "PUT", name, query, body, signal: abort.signal });
      tags[part] = String(headers["etag"] ?? "");
    }
  };
  const lines = Array.from({ length: PARTS_AT_ONCE }, sendSome);
  try {
    await Promise.all(lines);
  } catch (error) {
    abort.abort();
    await Promise.allSettled(lines);
    throw error;
  }
  return tags;
}

async function readPart(file: FileHandle, memory: Buffer, position: number): Promise<Uint8Array> {
  let filled = 0;
  while (filled < memory.byteLength) {
    const { bytesRead } = await file.read(memory, filled, memory.byteLength - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return memory.subarray(0, filled);
}

async function complete(
  client: S3Client,
  { name, uploadId, tags }: { name: string; uploadId: string; tags: string[] },
): Promise<void> {
  const list = tags.map(
    (tag, part) =>
      `<Part><PartNumber>${part + 1}</PartNumber><ETag>${tag.replaceAll('"', "&quot;")}</ETag></Part>`,
  );
  const body = Buffer.from(
    `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list.join("")}</CompleteMultipartUpload>`,
  );
  try {
    const { text } = await client.ask({ method: "POST", name, query: { uploadId }, body });
    // S3 begins its answer before it is done, so that a failure may come with status 200.
    if (text.includes("<Error>")) throw new S3Refusal(500, text);
  } catch (error) {
    // Completed already, by a request whose answer was lost. The caller sees whether it is there.
    if (!(error instanceof S3Refusal && error.code === "NoSuchUpload")) throw error;
  }
}
