/** The checkers of `./mayday check` find what they are there to find, and nothing else. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { describeProblem, houseProblems } from "../../scripts/check-layers.mjs";
import { layerProblems } from "../../scripts/check/layers.mjs";

const refused: [what: string, file: string, text: string][] = [
  ["base sees event", "core/src/base/a.cpp", '#include "mayday/event/level.h"'],
  ["event sees filter", "core/include/mayday/event/a.h", '#include "mayday/filter/redact.h"'],
  ["filter sees ingest", "core/src/filter/a.cpp", '#include "mayday/ingest/admit.h"'],
  ["client sees ingest", "core/src/client/a.cpp", '#include "mayday/ingest/policy.h"'],
  ["ingest sees client", "core/src/ingest/a.cpp", '#  include "mayday/client/client.h"'],
  ["the browser's bindings see ingest", "wasm-client/a.cpp", '#include "mayday/ingest/admit.h"'],
  ["the edge sees the client", "edge-worker/a.cpp", '#include "mayday/client/client.h"'],
  ["the core sees a host", "core/src/ingest/a.cpp", '#include "origin/clock.h"'],
  ["a way around by ../", "core/src/base/a.cpp", '#include "../event/level.h"'],
  ["the core does I/O", "core/src/base/a.cpp", "#include <iostream>"],
  ["the core starts threads", "core/src/filter/a.cpp", "#include <thread>"],
  ["Emscripten in the core", "core/src/client/a.cpp", "#include <emscripten/bind.h>"],
  ["Emscripten at the origin", "origin/a.cpp", "#include <emscripten.h>"],
  ["SQL in the core", "core/src/ingest/a.cpp", "#include <sqlite3.h>"],
  ["SQL at the edge", "edge-worker/a.cpp", "#include <libpq-fe.h>"],
  ["a platform in the core", "core/src/base/a.cpp", "#if defined(__wasm__)\n#endif"],
  ["a platform in an #elif", "core/src/base/a.cpp", "#if 0\n#elif _WIN32\n#endif"],
  ["a platform in an #ifdef", "core/include/mayday/base/a.h", "#ifdef __EMSCRIPTEN__\n#endif"],
  [".value()", "origin/a.cpp", "int f() { return find().value(); }"],
  ["#ifdef TEST", "origin/a.cpp", "#ifdef TEST\n#endif"],
  ["#if with a test's name in it", "core/src/base/a.cpp", "#if defined(MAYDAY_TESTING)\n#endif"],
];

for (const [what, file, text] of refused) {
  test(`refused: ${what}`, () => assert.equal(layerProblems(file, text).length, 1));
}

const allowed: [what: string, file: string, text: string][] = [
  [
    "a layer sees those below",
    "core/src/filter/a.cpp",
    '#include "mayday/base/bytes.h"\n#include "mayday/event/schema.h"',
  ],
  ["a layer sees itself", "core/src/ingest/a.cpp", '#include "context.h"\n#include "mayday/ingest/admit.h"'],
  ["SIMD beside its portable twin", "core/include/mayday/base/bytes.h", "#if defined(__SSE2__)\n#endif"],
  ["Emscripten where it belongs", "wasm-client/bindings.cpp", "#include <emscripten/bind.h>"],
  ["SQL where it belongs", "origin/store/sqlite.cpp", "#include <sqlite3.h>"],
  ["a fingerprint's value", "core/src/ingest/a.cpp", "add(facts.fingerprint.value());"],
  ["value_or", "origin/a.cpp", "return found.value_or(0);"],
  [".value() in a comment", "origin/a.cpp", "// never .value()\n/* nor .value() */"],
  [".value() in a text", "origin/a.cpp", 'log("no .value()");'],
  ["an #if of our own", "core/src/base/a.cpp", "#if MAYDAY_WIDE\n#endif"],
];

for (const [what, file, text] of allowed) {
  test(`allowed: ${what}`, () => assert.deepEqual(layerProblems(file, text), []));
}

test("a problem is told with its file and line", () => {
  const root = mkdtempSync(path.join(tmpdir(), "mayday-house-"));
  try {
    mkdirSync(path.join(root, "core/src/base"), { recursive: true });
    writeFileSync(path.join(root, "core/src/base/a.cpp"), '\n\n#include "mayday/event/level.h"\n');
    mkdirSync(path.join(root, "build"));
    writeFileSync(path.join(root, "build/generated.cpp"), "#include <sqlite3.h>\n");
    writeFileSync(path.join(root, "page.md"), "one\n<<<<<<< HEAD\ntwo\n=======\nthree\n>>>>>>> other\n");
    const problems = houseProblems(root).map(describeProblem);
    assert.deepEqual(problems, [
      'core/src/base/a.cpp:3: base does not see event: "mayday/event/level.h"',
      ...[2, 4, 6].map((line) => `page.md:${line}: a merge is not finished here`),
    ]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test("this house keeps its layers and sizes", () => {
  const problems = houseProblems().filter(({ isWarning }) => !isWarning);
  assert.deepEqual(problems.map(describeProblem), []);
});
