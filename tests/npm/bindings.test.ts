import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { forms, loadClientModule } from "../support/client-module.ts";
import { root } from "../support/recording-server.ts";

/** How many arguments each function has that `pattern` finds, under its JavaScript name. */
function argumentCounts(text: string, pattern: RegExp): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [, name = "", given = ""] of text.matchAll(pattern))
    counts.set(
      name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      given.split(",").filter((each) => each.trim()).length,
    );
  return counts;
}

for (const form of forms)
  test(`${form}: module.d.ts names what the module exports, with as many arguments`, async () => {
    const module: any = await loadClientModule(form);
    const text = await readFile(join(root, "npm/src/wasm/module.d.ts"), "utf8");
    const body = /export interface MaydayModule \{(.*?)\n\}/s.exec(text)![1]!;
    const declared = argumentCounts(body, /^  (\w+)\(([^)]*)\)/gm);
    const header = await readFile(join(root, "wasm-client/bindings.h"), "utf8");
    const promised = argumentCounts(header, /^(?:void|bool|int|double|const Text&) (\w+)\(([^)]*)\)/gm);
    assert.deepEqual(declared, promised);
    for (const [name, count] of declared) {
      assert.equal(typeof module[name], "function", name);
      assert.throws(() => module[name](...Array(count + 1).fill(0)), /expected/, name);
    }
    const exported = Object.keys(module).filter(
      (name) => /^[a-z]\w*$/.test(name) && typeof module[name] === "function",
    );
    assert.deepEqual(exported.sort(), [...declared.keys()].sort());
  });

for (const form of forms)
  test(`${form}: one event goes in, one body comes out, and the user id is a SHA-256`, async () => {
    const module = await loadClientModule(form);
    const now = Date.UTC(2026, 10, 21);
    module.start("ab".repeat(32), now);
    const timestamp = new Date(now).toISOString();
    const event = {
      timestamp,
      level: "error",
      service: "web",
      environment: "dev",
      release: "",
      message: "Grüße, 世界 👋",
      error: { type: "E" },
    };
    assert.equal(module.repeats(7, now), false);
    assert.equal(module.record(JSON.stringify(event), 7, 1, now), true);
    assert.equal(module.repeats(7, now + 1), true);
    assert.equal(module.waiting(), 1);
    assert.equal(module.take(now + 1, false, ""), "");
    const wake = now + 1 + module.wakeMs();
    assert.ok(wake > now + 1 && wake <= now + 2_000, `${wake - now}`);
    const body = JSON.parse(module.take(wake, false, timestamp));
    assert.equal(body.events.length, 1);
    assert.equal(body.client.sent_at, timestamp);
    assert.equal(body.events[0].message, event.message);
    assert.match(body.events[0].event_id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    assert.equal(module.settle(200, 0, wake + 50, false), true);
    assert.equal(module.waiting(), 0);
    assert.equal(module.hashUser("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

for (const form of forms)
  test(`${form}: a full queue of large events needs more memory than there is at first, and gets it`, async () => {
    const module = await loadClientModule(form);
    module.start("cd".repeat(32), 0);
    const large = { message: "large", breadcrumbs: [...Array(50).keys()].map((i) => `${i} ${"x".repeat(480)}`) };
    for (let i = 0; i < 100; i++) assert.equal(module.record(JSON.stringify(large), i, 1, i), true);
    assert.equal(module.waiting(), 100);
    let events = 0;
    for (let body; (body = module.take(1_000, true, "")); module.settle(200, 0, 1_000, false))
      events += JSON.parse(body).events.length;
    assert.equal(events, 100);
  });

for (const form of forms)
  test(`${form}: the support widget opens once for an error, and a new page is told what the last one opened for`, async () => {
    const [page, next] = [await loadClientModule(form), await loadClientModule(form)];
    const now = Date.UTC(2026, 10, 21);
    const name = page.trigger("Error", "poll_launch|no luck", 0, now);
    assert.notEqual(name, 0);
    assert.equal(page.trigger("Error", "poll_launch|other", 0, now + 59_999), 0);
    assert.equal(page.trigger("Error", "poll_launch|no luck", 0, now + 60_000), 0);
    assert.equal(page.trigger("AbortError", "poll_launch|other", 0, now + 60_000), 0);
    assert.equal(next.trigger("", "", name, now), name);
    assert.equal(next.trigger("Error", "poll_launch|no luck", 0, now + 60_000), 0);
    assert.notEqual(next.trigger("Error", "poll_launch|other", 0, now + 60_000), 0);
  });
