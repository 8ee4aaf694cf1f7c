import { readSettings } from "../../src/cli/config.ts";
import { serve } from "../../src/cli/serve.ts";
import { createTerminal } from "../../src/cli/terminal.ts";

/**
 * The whole server, which ends by SIGKILL at a place of the attempt protocol: `DIE_AT` is `checkpoint/passage`, the
 * passage counted from 1. Without it, it is the server that everybody starts.
 */
const [checkpoint, passage] = (process.env["DIE_AT"] ?? "").split("/");
let passages = 0;

await serve({
  settings: readSettings(process.env),
  terminal: createTerminal("fr"),
  buildsPage: false,
  overrides: {
    checkpoint: (name) => {
      if (name !== checkpoint) return;
      passages += 1;
      if (passages === Number(passage)) process.kill(process.pid, "SIGKILL");
    },
  },
});
process.exit(0);
