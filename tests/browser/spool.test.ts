/** Nothing is lost: what can't be delivered waits, and captured = delivered + waiting + dropped at the end of every test. */
import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, startLogger } from "../support/browser.ts";
import type { Batch } from "../support/recording-server.ts";
import { account, answered, isAll, log, open as openPage, ready, spooled } from "../support/spool-page.ts";

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());
const open = (context: TestContext): ReturnType<typeof openPage> => openPage(browser, context);

/** Logs `count` events of 4 KB and leaves the page in the same task. */
async function leaveWith(page: Page, count: number): Promise<void> {
  const leave = (events: number): void => {
    const stack = [...Array(6).keys()].map((i) => `at ${"deep".repeat(110)} (app.js:${i}:1)`);
    for (let i = 0; i < events; i++) {
      const breadcrumbs = [...Array(4).keys()].map((n) => ({ category: "c", message: `${n} ${"x y ".repeat(60)}` }));
      (window as any).mayday.logEvent({
        level: "error",
        message: `leaving ${i} ${"m ".repeat(200)}`,
        error: { type: `E${i}`, stack },
        breadcrumbs,
      });
    }
    location.href = "/page-two";
  };
  // The page that would answer is gone: nobody waits for it.
  page.evaluate(leave, count).catch(() => undefined);
  await page.waitForURL("**/page-two", { waitUntil: "load" });
}

test("what a beacon holds arrives though the page is left at once and nobody comes back", async (context) => {
  const { page, edge } = await open(context);
  await leaveWith(page, 13);
  const events = await edge.until(isAll(13));
  assert.ok(JSON.stringify(events).length > 50_000);
});

test("50 events of 4 KB in a page that is left at once all arrive, by its next load at the latest", async (context) => {
  const { page, edge, options } = await open(context);
  await leaveWith(page, 50);
  await startLogger(page, options);
  const events = await edge.until(isAll(50));
  assert.equal(new Set(events.map((event) => event.error.type)).size, 50);
  // They may all have been the first page's, before this one had looked.
  await ready(page);
  await account(page, edge, 50);
  assert.deepEqual(await spooled(page), []);
});

test("an edge that is down for a while gets everything when it is back", async (context) => {
  const { page, edge } = await open(context);
  await edge.close();
  await log(page, 3);
  await answered(page, 0, 2);
  await log(page, 3, 3);
  await edge.reopen();
  await edge.until(isAll(6));
  await page.evaluate(() => (window as any).mayday.flush());
  await account(page, edge, 6);
  assert.equal(edge.events().length, 6);
});

test("an edge that is down while the page is reloaded gets everything when it is back", async (context) => {
  const { page, edge, options } = await open(context);
  await edge.close();
  await log(page, 3);
  await answered(page, 0);
  await account(page, edge, 3);
  await log(page, 2, 3);
  await page.reload();
  await startLogger(page, options);
  await answered(page, 0);
  await account(page, edge, 5);
  await edge.reopen();
  await edge.until(isAll(5));
  await page.evaluate(() => (window as any).mayday.flush());
  await account(page, edge, 5);
});

test("a page that is left before it heard of its edge trusts no beacon", async (context) => {
  const { page, edge, options } = await open(context);
  await edge.close();
  await log(page, 2);
  await page.reload();
  await edge.reopen();
  await startLogger(page, options);
  await edge.until(isAll(2));
  await page.evaluate(() => (window as any).mayday.flush());
  await account(page, edge, 2);
});

test("a request that failed just before the page is left keeps no beacon back", async (context) => {
  const { page, edge } = await open(context);
  await edge.close();
  await log(page, 1);
  await answered(page, 0);
  await edge.reopen();
  const leave = (): void => {
    (window as any).mayday.logEvent({ level: "error", message: "last", error: { type: "Last" } });
    dispatchEvent(new Event("pagehide"));
    location.href = "/page-two";
  };
  page.evaluate(leave).catch(() => undefined);
  await page.waitForURL("**/page-two");
  await edge.until((events) => events.some(({ message }) => message === "last"));
});

test("an event goes again when Retry-After has passed, and in no other tab before", async (context) => {
  const { page, edge, options } = await open(context);
  edge.answerWith({ status: 503, retryAfter: "2" });
  await log(page, 1);
  await answered(page, 503);
  await account(page, edge, 1);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await startLogger(other, options);
  await edge.until(isAll(1));
  await page.evaluate(() => (window as any).mayday.flush());
  const [refused, accepted] = edge.batches as [Batch, Batch];
  assert.equal(refused.events[0].event_id, accepted.events[0].event_id);
  assert.ok(accepted.at - refused.at >= 1990, `after ${accepted.at - refused.at} ms`);
  assert.equal(edge.batches.length, 2);
});

test("Retry-After holds through a reload", async (context) => {
  const { page, edge, options } = await open(context);
  edge.answerWith({ status: 429, retryAfter: "2" });
  await log(page, 1);
  await answered(page, 429);
  await page.reload();
  await startLogger(page, options);
  await edge.until(isAll(1));
  assert.ok(edge.batches[1]!.at - edge.batches[0]!.at >= 1990);
});

test("what is captured offline goes out when the network is back, without waiting for a next try", async (context) => {
  const { page, edge } = await open(context);
  await page.context().setOffline(true);
  await log(page, 5);
  await answered(page, 0, 2);
  await account(page, edge, 5);
  await page.context().setOffline(false);
  await edge.until(isAll(5));
  await page.evaluate(() => (window as any).mayday.flush());
  await account(page, edge, 5);
  assert.equal(edge.events().length, 5);
});

test("two tabs that come back together send each event once", async (context) => {
  const { page, edge, options } = await open(context);
  await page.context().setOffline(true);
  await log(page, 60);
  await page.evaluate(() => (window as any).mayday.flush());
  assert.equal((await spooled(page)).length, 60);
  await page.evaluate(() => (window as any).mayday.close());
  await page.context().setOffline(false);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await page.reload();
  await Promise.all([page, other].map((each) => startLogger(each, options)));
  await edge.until(isAll(60));
  await Promise.all([page, other].map((each) => each.evaluate(() => (window as any).mayday.flush())));
  assert.equal(edge.events().length, 60);
  assert.deepEqual(await spooled(page), []);
});

test("of more than 200 the oldest go, and are counted", async (context) => {
  const { page, edge } = await open(context);
  await page.context().setOffline(true);
  for (let from = 0; from < 260; from += 65) {
    await log(page, 65, from);
    await page.evaluate(() => (window as any).mayday.flush());
  }
  assert.equal((await spooled(page)).length, 200);
  await page.context().setOffline(false);
  const events = await edge.until(isAll(200));
  assert.ok(!events.some(({ error }) => error.type === "E0"));
  await page.evaluate(() => (window as any).mayday.flush());
  await account(page, edge, 260);
  const dropped = edge.batches.reduce(
    (sum, { client, status }) => sum + (status === 200 ? (client.discarded.queue_full ?? 0) : 0),
    0,
  );
  assert.equal(dropped, 60);
});

test("what is older than a day goes no more, and is counted", async (context) => {
  const { page, edge, options } = await open(context);
  await page.evaluate(() => (window as any).mayday.close());
  await page.evaluate(async () => {
    const idAt = (ms: number): string =>
      ms
        .toString(16)
        .padStart(12, "0")
        .replace(/^(.{8})/, "$1-") + "-7000-8000-000000000000";
    const request = indexedDB.open("mayday");
    await new Promise((resolve) => (request.onsuccess = resolve));
    const transaction = request.result.transaction("events", "readwrite");
    const day = 24 * 3600_000;
    for (const [age, count] of [
      [day + 5_000, 7],
      [day - 60_000, 1],
    ] as const) {
      const event_id = idAt(Date.now() - age);
      transaction.objectStore("events").put({ event: { event_id, message: `${count}`, count }, until: 0 }, event_id);
    }
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    request.result.close();
  });
  await startLogger(page, options);
  await edge.until(isAll(1));
  assert.equal(edge.events()[0].message, "1");
  await page.evaluate(() => (window as any).mayday.flush());
  await account(page, edge, 8);
});

test("what close could not send, the next page does", async (context) => {
  const { page, edge, options } = await open(context);
  await edge.close();
  await log(page, 2);
  assert.equal(await page.evaluate(() => (window as any).mayday.close()), false);
  await account(page, edge, 2);
  await edge.reopen();
  await startLogger(page, options);
  await edge.until(isAll(2));
});
