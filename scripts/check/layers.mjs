/** Who may see whom (CONVENTIONS.md, "One way through the house"), by reading `#include` and `#if`. */

import { withoutText } from "./source-text.mjs";

/** Which layers of the core each layer may include. */
const layersBelow = {
  base: ["base"],
  event: ["base", "event"],
  filter: ["base", "event", "filter"],
  client: ["base", "event", "filter", "client"],
  ingest: ["base", "event", "filter", "ingest"],
};

/** The same for the rooms around the core. */
const layersOfRoom = {
  "wasm-client": layersBelow.client,
  "edge-worker": layersBelow.ingest,
  origin: layersBelow.ingest,
};

/** Each compiles with one of our compilers only, or drags imports into the edge module (TOOLCHAIN). */
const headersOutsideTheCore = /^(format|expected|ranges|thread|mutex|iostream|fstream|sstream|random|filesystem)$/;
const sqlHeaders = /^(sqlite3\.h|libpq-fe\.h|libpq\/.*|pqxx\/.*|hiredis\/.*)$/;
const platformDirective = /^\s*#\s*(if|ifdef|ifndef|elif)\b.*\b(_[A-Z]|__)\w+/;
const testDirective = /^\s*#\s*(if|ifdef|ifndef|elif)\b.*\b(\w+_)?TEST(S|ING)?\b/;
/** A fingerprint's value is no result's, nor is that of Beast's header fields. */
const valueCall = /(?<!\b(fingerprint|field))\.value\(\)/;

/** What is wrong in one C++ file, as `{line, message}`. `file` is relative to the repository. */
export function layerProblems(file, text) {
  const problems = [];
  const code = withoutText(text, "cxx").split("\n");
  text.split("\n").forEach((line, index) => {
    const report = (message) => problems.push({ line: index + 1, message });
    const include = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/.exec(line);
    if (include) checkInclude(file, include[1] === '"', include[2], report);
    if (file.startsWith("core/") && !file.endsWith("base/bytes.h") && platformDirective.test(code[index])) {
      report("a platform is a file, not an #if; the one exception is base/bytes.h");
    }
    if (testDirective.test(code[index])) report("a test must see what the product sees: no #if for tests");
    if (valueCall.test(code[index])) report("no .value(): ask before reading, then use *");
  });
  return problems;
}

function checkInclude(file, isOurs, header, report) {
  const room = file.split("/")[0];
  if (header.startsWith("emscripten") && room !== "wasm-client") report(`<${header}> is for wasm-client/ alone`);
  if (sqlHeaders.test(header) && !/^(origin|tests\/(origin|bench))\//.test(file))
    report(`<${header}> is for origin/ alone`);
  if (isOurs && header.startsWith("../")) report("an #include is written from the root, not with ../");
  if (room === "core") {
    if (!isOurs && headersOutsideTheCore.test(header))
      report(`<${header}> is not for the core: one of its compilers lacks it`);
    if (isOurs && /^(origin|edge-worker|wasm-client)\//.test(header)) report(`the core knows no host: "${header}"`);
  }
  const allowed = layersOfRoom[room] ?? layersBelow[layerOf(file)];
  const layer = /^mayday\/(\w+)\//.exec(header)?.[1];
  if (allowed && layer && !allowed.includes(layer))
    report(`${layerOf(file) ?? room} does not see ${layer}: "${header}"`);
}

function layerOf(file) {
  return /^core\/(?:include\/mayday|src)\/(\w+)\//.exec(file)?.[1];
}
