/** The browser module as the client preset built it, under Node. */

import { readFile } from "node:fs/promises";
import type { MaydayModule } from "../../npm/src/wasm/module.js";
import { inRoot } from "./paths.ts";

const built = inRoot("build/client/bin");

/** WebAssembly, and the same C++ as JavaScript, for pages that forbid it. What is true of one is true of the other. */
export const forms = ["mayday", "mayday-fallback"] as const;

/** A new instance, with a state of its own. */
export async function loadClientModule(form: (typeof forms)[number]): Promise<MaydayModule> {
  const source = await readFile(`${built}/${form}.js`, "utf8");
  const glue = `data:text/javascript;base64,${Buffer.from(source).toString("base64")}`;
  const { default: createModule } = (await import(glue)) as {
    default: (options: { wasm?: Uint8Array }) => Promise<MaydayModule>;
  };
  return createModule(form === "mayday" ? { wasm: await readFile(`${built}/mayday.wasm`) } : {});
}
