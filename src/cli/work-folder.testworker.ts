import { sharedWorkFolder } from "./work-folder.ts";

// A process that shares the folder it is given, and works in its own until it is killed.
const { folder } = sharedWorkFolder(process.argv[2] ?? "");
process.send?.(folder);
process.on("disconnect", () => process.exit());
