/** Reads a part of a file, from `start` up to but not including `end`; shorter where the file ends before. */
export type ReadPart = (start: number, end: number) => Promise<Uint8Array>;

/** Bytes that are asked for at once at the beginning of a file, where most of what is looked for stands. */
const FIRST_BYTES = 65_536;

/** Reads a stored file part by part, so that a large one need not be loaded to look into it. */
export function readRemote(url: string, signal: AbortSignal): ReadPart {
  let first: Promise<Uint8Array> | undefined;
  return async (start, end) => {
    if (end > FIRST_BYTES) {
      return fetchPart(url, { start, end, signal });
    }
    first ??= fetchPart(url, { start: 0, end: FIRST_BYTES, signal });
    return (await first).subarray(start, end);
  };
}

interface Part {
  start: number;
  end: number;
  signal: AbortSignal;
}

async function fetchPart(url: string, { start, end, signal }: Part): Promise<Uint8Array> {
  const response = await fetch(url, { headers: { range: `bytes=${start}-${end - 1}` }, signal });
  if (!response.ok) {
    throw new Error(`${response.status} for a part of a file`);
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  return response.status === 206 ? bytes : bytes.subarray(start, end);
}
