/** Reads bytes of a file; fewer where it ends. */
export type ReadBytes = (from: number, length: number) => Promise<Uint8Array>;

/** How far into a file its first frame is looked for, behind its tags. */
const HEAD_BYTES = 4_096;
/** Samples a second by their index in a header, of MPEG 1; MPEG 2 has half of them and MPEG 2.5 a quarter. */
const SAMPLE_RATES = [44_100, 48_000, 32_000];

/**
 * The length of an MP3 as it is played, in seconds, to the sample: its encoder writes how many samples at both ends are none of
 * the sound, which players leave out. Undefined where it says nothing of that. Source: the LAME tag, revision 1
 * (http://gabriel.mp3-tech.org/mp3infotag.html).
 */
export async function mp3Seconds(read: ReadBytes): Promise<number | undefined> {
  const head = Buffer.from(await read(await tagLength(read), HEAD_BYTES));
  const info = Math.max(head.indexOf("Info"), head.indexOf("Xing"));
  const frame = head.indexOf(0xff);
  // All four of its fields: frames, bytes, table and quality.
  if (info === -1 || frame === -1 || info > 200 || head.length < info + 144) return undefined;
  if (head.readUInt32BE(info + 4) !== 0x0f || head.readUInt8(info + 120) === 0) return undefined;
  const version = (head.readUInt8(frame + 1) >> 3) & 3;
  const rate = SAMPLE_RATES[(head.readUInt8(frame + 2) >> 2) & 3];
  if (rate === undefined || version === 1) return undefined;
  const sampleRate = version === 3 ? rate : rate / (version === 2 ? 2 : 4);
  const samples = head.readUInt32BE(info + 8) * (version === 3 ? 1_152 : 576);
  const delay = head.readUInt16BE(info + 141) >> 4;
  const padding = head.readUInt16BE(info + 142) & 0x0f_ff;
  const played = samples - delay - padding;
  return played > 0 ? played / sampleRate : undefined;
}

/** How many bytes an ID3v2 tag takes before the sound; 0 where there is none. */
async function tagLength(read: ReadBytes): Promise<number> {
  const head = await read(0, 10);
  if (head.length < 10 || Buffer.from(head.subarray(0, 3)).toString("latin1") !== "ID3") return 0;
  const size = head.subarray(6, 10).reduce((sum, byte) => (sum << 7) | (byte & 0x7f), 0);
  return 10 + size;
}
