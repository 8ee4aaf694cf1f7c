/**
 * Short messages between the processes on one database. They only make things quick: one that is lost must do no harm.
 */
export interface Channel {
  /** Sends to the other processes, soon and in order; at most 4,000 bytes in JSON. */
  send(message: string): void;
  /**
   * Hears the others from now on, until `close`. `onGap` is called when messages may have been missed.
   * @throws what the connection throws; later breaks are mended.
   */
  listen(onMessage: (message: string) => void, onGap: () => void): Promise<void>;
  close(): Promise<void>;
}
