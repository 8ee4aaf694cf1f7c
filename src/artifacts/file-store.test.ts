import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { createFileStore } from "./file-store.ts";
import { testArtifactStore } from "./store.testsuite.ts";

testArtifactStore("file store", async (folder) => {
  const place = path.join(folder, "store");
  await mkdir(place);
  return {
    store: createFileStore(place),
    async names() {
      const found = await readdir(place, { recursive: true, withFileTypes: true });
      return found
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(place, path.join(entry.parentPath, entry.name)));
    },
    async break() {
      await writeFile(path.join(place, "incoming"), "a file where a folder has to be");
    },
    mend: () => rm(path.join(place, "incoming")),
    close: () => Promise.resolve(),
  };
});
