/** Loads the module and speaks of its failures in one place. */
import createModule, { type MaydayModule } from "#glue";

/** An instance of the module. `load` brings its bytes; rejects where they can't be had or the page's CSP forbids WebAssembly. */
export async function loadModule(load: () => Promise<Response>): Promise<MaydayModule> {
  const response = await load();
  if (!response.ok) throw new Error(`mayday.wasm: ${response.status}`);
  // Not streaming: servers that give it another content type than application/wasm are common, and it is small.
  const wasm = await response.arrayBuffer();
  // The glue leaves a failure to nobody, which would be an unhandled rejection of the page's: ask first. The engine keeps the
  // result, so that the second time costs nothing.
  await WebAssembly.compile(wasm);
  return createModule({ wasm });
}
