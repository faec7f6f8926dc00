/** The edge's two modules as they were built, for tests that are a host themselves. */

import { readFileSync } from "node:fs";
import type { Modules } from "../../edge-worker/hosts/instance.ts";
import { inRoot } from "./paths.ts";

const moduleOf = (name: string): WebAssembly.Module =>
  new WebAssembly.Module(readFileSync(inRoot(`build/edge/hosts/${name}.wasm`)));

export const edgeModules = (): Modules => ({ edge: moduleOf("edge"), onDemand: () => moduleOf("on-demand") });
