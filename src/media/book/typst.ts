import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const resultSchema = z.object({
  result: z.instanceof(Uint8Array).optional(),
  diagnostics: z.array(z.unknown()).optional(),
});

/** How the compiler is to write what is wrong with a source (its `DiagnosticsFormat`): as readable lines. */
const UNIX_DIAGNOSTICS = 2;

/**
 * Compiles `/main.typ` among the given files to PDF. The compiler is WebAssembly that has been handed no file system and
 * no network: it sees these files and fonts and nothing else.
 * @throws with the compiler's own words where the source is wrong.
 */
export async function compileTypst(
  files: Map<string, Uint8Array>,
  fontPaths: readonly string[],
): Promise<Uint8Array> {
  const typst = await import("@myriaddreamin/typst-ts-web-compiler");
  const program = fileURLToPath(import.meta.resolve("@myriaddreamin/typst-ts-web-compiler/wasm"));
  typst.initSync({ module: readFileSync(program) });
  const builder = new typst.TypstCompilerBuilder();
  builder.set_dummy_access_model();
  for (const path of fontPaths) await builder.add_raw_font(readFileSync(path));
  const compiler = await builder.build();
  for (const [path, content] of files) {
    if (path.endsWith(".typ")) compiler.add_source(path, new TextDecoder().decode(content));
    else compiler.map_shadow(path, content);
  }
  const compiled: unknown = compiler.compile("/main.typ", null, "pdf", UNIX_DIAGNOSTICS);
  const { result, diagnostics } = resultSchema.parse(compiled);
  if (result === undefined) throw new Error(`Typst: ${JSON.stringify(diagnostics).slice(0, 2_000)}`);
  return result;
}
