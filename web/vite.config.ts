import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The page. Screens and heavy parts (Markdown, results) are loaded when they are first needed. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsDir: "assets",
    // The Content-Security-Policy refuses data: fonts and scripts, so nothing is inlined.
    assetsInlineLimit: 0,
    // One style sheet: a part that is loaded later cannot come without its own.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    target: "es2023",
  },
  server: { proxy: { "/api": "http://127.0.0.1:8000" } },
});
