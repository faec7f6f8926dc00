/** Loads the module and speaks of its failures in one place. */
import createModule, { type MaydayModule } from '#glue';

/** An instance of the module. `load` brings its bytes; rejects where they can't be had or the page's CSP forbids WebAssembly. */
export function loadModule(load: () => Promise<Response>): Promise<MaydayModule> {
  return new Promise((resolve, reject) => {
    const instantiateWasm = (imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void): object => {
      load()
        .then(async (response) => {
          if (!response.ok) throw new Error(`mayday.wasm: ${response.status}`);
          // Not streaming: a server that says another content type than application/wasm is common, and 20 KB are here at once.
          return WebAssembly.instantiate(await response.arrayBuffer(), imports);
        })
        .then(({ instance }) => receive(instance), reject);
      return {};
    };
    createModule({ instantiateWasm }).then(resolve, reject);
  });
}
