/**
 * Checks an EPUB with a port of EPUBCheck.
 * @returns what is wrong (errors and warnings), each in a line; empty where nothing is.
 */
export async function checkEpub(epub: Uint8Array): Promise<string[]> {
  const { EpubCheck } = await import("@likecoin/epubcheck-ts");
  const { messages } = await EpubCheck.validate(epub);
  return messages
    .filter(({ severity }) => severity !== "info" && severity !== "usage")
    .map(({ id, message, location }) => `${id} ${location?.path ?? ""}: ${message}`);
}
