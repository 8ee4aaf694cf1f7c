/**
 * Short messages between the processes on one database. They only make things quick: one that is lost must do no harm.
 */
export interface Channel {
  /**
   * Sends to the other processes, in order; at most 4,000 bytes in JSON. What is sent within so many milliseconds of each other
   * travels together: every message is heard by all, which costs each of them something.
   */
  send(message: string, options: { withinMs: number }): void;
  /**
   * Hears the others from now on, until `close`. `onGap` is called when messages may have been missed.
   * @throws what the connection throws; later breaks are mended.
   */
  listen(onMessage: (message: string) => void, onGap: () => void): Promise<void>;
  close(): Promise<void>;
}
