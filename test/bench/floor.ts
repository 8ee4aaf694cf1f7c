import { DatabaseSync } from "node:sqlite";

/**
 * The floor that Relais is measured against: a hand-written loop that calls `fetch` and commits each step to SQLite,
 * flushed to disk. It has no budget, no journal of attempts, no events, no recovery.
 */
export interface Floor {
  /** Runs one execution of three steps. */
  run(): Promise<void>;
  close(): void;
}

export function createFloor(file: string, url: string): Floor {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  database.exec(
    "CREATE TABLE steps (execution INTEGER, step INTEGER, output TEXT, PRIMARY KEY (execution, step))",
  );
  const insert = database.prepare("INSERT INTO steps VALUES (?, ?, ?)");
  let executions = 0;
  return {
    async run() {
      const execution = ++executions;
      let before = "";
      for (let step = 1; step <= 3; step++) {
        const body = JSON.stringify({
          key: `${execution}-${step}`,
          prompt: `s${step} ${before}`,
          behaviour: "print",
        });
        const response = await fetch(`${url}/print`, { method: "POST", body });
        before = await response.text();
        insert.run(execution, step, before);
      }
    },
    close: () => database.close(),
  };
}
