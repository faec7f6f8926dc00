#!/usr/bin/env -S node --no-warnings
/** The WASI command as a CGI program, for HTTP servers that know no WebAssembly: Node runs it, one request a process. */

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { WASI } from "node:wasi";

const lines = process.env["MAYDAY_LINES_FILE"];
const folder = lines && path.dirname(lines);
const wasi = new WASI({
  version: "preview1",
  env: process.env,
  // Without its folder the program finds nothing to write to, and answers 503.
  preopens: folder && existsSync(folder) ? { [folder]: folder } : {},
  returnOnExit: true,
});
const module = new WebAssembly.Module(readFileSync(new URL("./edge-cgi.wasm", import.meta.url)));
process.exitCode = wasi.start(new WebAssembly.Instance(module, wasi.getImportObject() as WebAssembly.Imports));
