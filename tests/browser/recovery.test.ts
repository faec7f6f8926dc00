/** `mayday/recovery` in a page, as the events that come of it. */

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, openLogged } from "../support/browser.ts";
import { startRecordingServer, type RecordingServer } from "../support/recording-server.ts";

let browser: Browser;
let server: RecordingServer;
let page: Page;

before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

beforeEach(async (context) => {
  server = await startRecordingServer("<!doctype html><html lang='fr'><title>page</title>", {
    "/api/resets": (request) => request.socket.destroy(),
  });
  page = await openLogged(browser, server.url);
  await page.evaluate(async () => {
    Object.assign(window, { recovery: await import("/mayday/recovery/index.js" as string) });
  });
  (context as any).after(async () => {
    await page.context().close();
    await server.close();
  });
});

const marker = "that was all";

/** All events of a page, up to one that is logged last. */
async function allEvents(): Promise<any[]> {
  await page.evaluate(async (message) => {
    const { mayday } = window as any;
    mayday.captureMessage(message, "error");
    await mayday.flush();
  }, marker);
  const events = await server.until((all) => all.some(({ message }) => message === marker));
  return events.filter(({ message }) => message !== marker);
}

test("what fails twice and then works is two retries and a recovery", async () => {
  const result = await page.evaluate(() =>
    (window as any).recovery.withRetry(
      (attempt: number) => {
        if (attempt < 3) throw Object.assign(new Error("busy"), { code: "WORKFLOW_FAILED" });
        return `worked at ${attempt}`;
      },
      { action: "cart_save", delayMs: 1 },
    ),
  );
  assert.equal(result, "worked at 3");
  const events = await allEvents();
  assert.deepEqual(
    events.map(({ level, message }) => [level, message]),
    [
      ["warn", "cart_save failed with WORKFLOW_FAILED: try 2 of 3 follows"],
      ["warn", "cart_save failed with WORKFLOW_FAILED: try 3 of 3 follows"],
      ["warn", "cart_save recovered from WORKFLOW_FAILED by retry"],
    ],
  );
  assert.deepEqual(events[2].tags, {
    "error.code": "WORKFLOW_FAILED",
    "error.type": "workflow",
    action: "cart_save",
    "recovery.attempted": "true",
    "recovery.successful": "true",
    "recovery.method": "retry",
  });
});

test("what keeps failing is thrown as it came, and is an error with its impact", async () => {
  const thrown = await page.evaluate(() =>
    (window as any).recovery
      .withRetry(() => Promise.reject(new Error("no luck")), { action: "poll_launch", delayMs: 1, severity: "high" })
      .catch((error: Error) => error.message),
  );
  assert.equal(thrown, "no luck");
  const events = await allEvents();
  assert.equal(events.filter(({ message }) => /try \d of 3 follows/.test(message)).length, 2);
  const [error] = events.filter(({ level }) => level === "error");
  assert.equal(error.message, "Error: no luck");
  assert.equal(error.component, "poll_launch");
  assert.equal(error.tags["impact.severity"], "high");
  assert.ok(events.some(({ message }) => message === "poll_launch did not recover from UNKNOWN by retry"));
});

test("what the browser itself says of a lost connection is known for one", async () => {
  const code = await page.evaluate(() =>
    fetch("/api/resets").catch((error: unknown) => (window as any).recovery.codeOf(error)),
  );
  assert.equal(code, "NETWORK_ERROR");
});

test("what was cancelled leaves no trace, whoever cancelled it", async () => {
  const thrown = await page.evaluate(async () => {
    const { withRetry, trackError } = (window as any).recovery;
    const names: string[] = [];
    const note = (error: Error): void => void names.push(error.name);
    const leaving = new AbortController();
    const waiting = withRetry(() => Promise.reject(new DOMException("gone", "AbortError"))).catch(note);
    const aborted = withRetry(
      () => {
        leaving.abort();
        throw new Error("hidden by the abort");
      },
      { signal: leaving.signal },
    ).catch(note);
    await Promise.all([waiting, aborted]);
    const tracked = trackError(Object.assign(new Error("no"), { code: "CANCELLED" }));
    tracked.recovery({ method: "reload", successful: true });
    return [...names, tracked.code];
  });
  assert.deepEqual(thrown.sort(), ["AbortError", "CANCELLED", "Error"]);
  assert.deepEqual(await allEvents(), []);
});

test("a tracked error speaks the page's language, and says whether the user got over it", async () => {
  const userMessage = await page.evaluate(() => {
    const tracked = (window as any).recovery.trackError(Object.assign(new Error("403"), { status: 403 }), {
      action: "campaign_fetch",
      userBlocked: true,
    });
    tracked.recovery({ method: "reload", successful: false, userAction: "signed in again" });
    return tracked.userMessage;
  });
  assert.match(userMessage, /^Vous n’avez pas accès/);
  const [error, recovery] = await allEvents();
  assert.deepEqual([error.tags["error.type"], error.tags["impact.user_blocked"]], ["permission", "true"]);
  assert.equal(recovery.message, "campaign_fetch did not recover from PERMISSION_DENIED by reload");
  assert.equal(recovery.tags["recovery.user_action"], "signed in again");
});
