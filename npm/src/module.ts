/** Loads the module and speaks of its failures in one place. */
import createModule, { type MaydayModule } from "#glue";

/** Of the module that was built with this; scripts/build-npm.mjs fills it in. */
declare const wasmBytes: number;

/**
 * An instance of the module. `load` brings its bytes. Where they can't be had, are others, or may not run (a policy without
 * `wasm-unsafe-eval`, Lockdown Mode), the same C++ comes as JavaScript; rejects where that can't be had either.
 */
export async function loadModule(load: () => Promise<Response>): Promise<MaydayModule> {
  try {
    const response = await load();
    // Not streaming: servers that give it another content type than application/wasm are common, and it is small.
    const wasm = await response.arrayBuffer();
    // A page that says "not found", a proxy that says "wait", a release of yesterday.
    if (wasm.byteLength !== wasmBytes) throw new Error(`mayday.wasm: ${response.status}`);
    // Where it is forbidden, WebKit compiles it all the same, and refuses to make an instance.
    return await createModule({ wasm });
  } catch {
    // By an address, not by name: Vite would make this file depend on the page's entry, which may be what has just broken.
    const url = new URL("./fallback.js", import.meta.url);
    const { default: createFallback } = (await import(url.href)) as {
      default: typeof createModule;
    };
    return createFallback({});
  }
}
