/** The package's own `mayday up`: what it carries of the repository is enough, and works where nothing else of it is. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { eventOf } from "../support/events.ts";
import { createFreshApp, type FreshApp } from "../support/fresh-app.ts";
import { ask } from "../support/http.ts";
import { inRoot } from "../support/paths.ts";
import { until } from "../support/poll.ts";
import { startUp } from "../support/up.ts";

let app: FreshApp;
let environment: Record<string, string>;
before(() => {
  app = createFreshApp();
  environment = {
    XDG_CACHE_HOME: path.join(app.folder, "cache"),
    // Building takes minutes; the next test looks at whether it could.
    MAYDAY_ORIGIN: inRoot("build/native/bin/mayday-origin"),
  };
});
after(() => app.remove());

test("npx mayday up starts all of it, the demo page too, and stores what is posted", async () => {
  const up = await startUp(path.join(app.folder, "node_modules/.bin/mayday"), environment);
  try {
    for (const [address, target] of [
      [up.demo, "/"],
      [up.demo, "/mayday/mayday.wasm"],
      [up.origin, "/"],
    ] as const)
      assert.equal((await ask(address, { target })).status, 200, target);
    const event = eventOf();
    const headers = { "content-type": "application/json" };
    const answer = await ask(up.demo, { method: "POST", target: "/v1/logs", headers, body: JSON.stringify(event) });
    assert.equal(answer.status, 200, answer.text);
    const id = event.event_id.replaceAll("-", "");
    await until("it is stored", () => up.count(`select count(*) from events where event_id = x'${id}'`) === 1);
    assert.equal((await up.stop("SIGINT")).code, 0, up.stderr());
  } finally {
    await up.clear();
  }
});

test("the source that the package carries is whole", () => {
  const cache = path.join(app.folder, "cache/mayday");
  const folder = path.join(cache, readdirSync(cache)[0]!);
  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  // CMake names each file that is not there, and the origin's own list has every source.
  run("cmake", "--preset", "native");
  run("ninja", "-C", "build/native", "origin/CMakeFiles/mayday_origin.dir/errors/alert_rules.cpp.o");
  // Headers are asked for by compilers alone: each that the repository has is there too.
  const tracked = execFileSync("git", ["ls-files", "core", "origin"], { cwd: inRoot(), encoding: "utf8" });
  for (const file of tracked.match(/^\S+\.(h|cpp|sql)$/gm)!) assert.ok(existsSync(path.join(folder, file)), file);
});
