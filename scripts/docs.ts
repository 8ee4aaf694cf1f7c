import { writeFileSync } from "node:fs";
import { providerDocument } from "./provider-document.ts";

// Writes the documents that are made from data.
writeFileSync(new URL("../docs/providers.md", import.meta.url), providerDocument());
