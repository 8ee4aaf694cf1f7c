import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const resultSchema = z.object({
  result: z.instanceof(Uint8Array).optional(),
  diagnostics: z.array(z.unknown()).optional(),
});

/** How the compiler is to write what is wrong with a source (its `DiagnosticsFormat`): as readable lines. */
const UNIX_DIAGNOSTICS = 2;

/** Files of a source by their place, `/main.typ` among them. */
export type TypstFiles = ReadonlyMap<string, Uint8Array>;

export interface Typst {
  /** The values of all `metadata` with this label, in their order, as the files would be set. */
  valuesOf(files: TypstFiles, label: string): unknown;
  /** @throws with the compiler's own words where the source is wrong. */
  compile(files: TypstFiles): Uint8Array;
}

/**
 * A compiler of `/main.typ` to PDF. It is WebAssembly that has been handed no file system and no network: it sees the files
 * and fonts it is given and nothing else. What it has set once and finds unchanged it does not set again.
 */
export async function openTypst(fontPaths: readonly string[]): Promise<Typst> {
  const typst = await import("@myriaddreamin/typst-ts-web-compiler");
  const program = fileURLToPath(import.meta.resolve("@myriaddreamin/typst-ts-web-compiler/wasm"));
  typst.initSync({ module: readFileSync(program) });
  const builder = new typst.TypstCompilerBuilder();
  builder.set_dummy_access_model();
  for (const path of fontPaths) await builder.add_raw_font(readFileSync(path));
  const compiler = await builder.build();
  const give = (files: TypstFiles): void => {
    for (const [path, content] of files) {
      if (path.endsWith(".typ")) compiler.add_source(path, new TextDecoder().decode(content));
      else compiler.map_shadow(path, content);
    }
  };
  return {
    valuesOf(files, label) {
      give(files);
      return JSON.parse(compiler.query("/main.typ", null, `<${label}>`, "value"));
    },
    compile(files) {
      give(files);
      const compiled: unknown = compiler.compile("/main.typ", null, "pdf", UNIX_DIAGNOSTICS);
      const { result, diagnostics } = resultSchema.parse(compiled);
      if (result === undefined) throw new Error(`Typst: ${JSON.stringify(diagnostics).slice(0, 2_000)}`);
      return result;
    },
  };
}
