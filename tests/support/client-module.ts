/** The browser module as the client preset built it, under Node. */

import { readFile } from "node:fs/promises";
import type { MaydayModule } from "../../npm/src/wasm/module.js";
import { inRoot } from "./paths.ts";

const built = inRoot("build/client/bin");

/** A new instance, with a state of its own. */
export async function loadClientModule(): Promise<MaydayModule> {
  const source = await readFile(`${built}/mayday.js`, "utf8");
  const glue = `data:text/javascript;base64,${Buffer.from(source).toString("base64")}`;
  const { default: createModule } = (await import(glue)) as {
    default: (options: { wasm: Uint8Array }) => Promise<MaydayModule>;
  };
  return createModule({ wasm: await readFile(`${built}/mayday.wasm`) });
}
