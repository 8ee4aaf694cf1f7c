/** One server-sent event. `id` is null where it is not numbered. */
export interface ReceivedEvent {
  type: string;
  id: string | null;
  data: unknown;
}

/** Reads server-sent events from the body of an answer, one at a time, until it ends. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ReceivedEvent> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const blocks = rest.split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event) yield event;
    }
  }
}

/** Null for what holds no data: comments that keep the connection open, and how long to wait before coming back. */
function parseEvent(block: string): ReceivedEvent | null {
  const fields = new Map(
    block.split("\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trimStart()] as const;
    }),
  );
  const data = fields.get("data");
  if (data === undefined) return null;
  return { type: fields.get("event") ?? "message", id: fields.get("id") ?? null, data: JSON.parse(data) };
}
