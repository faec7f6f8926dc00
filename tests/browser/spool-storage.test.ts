/** Where events wait when the browser's own storage is not there, does not answer, is full, or holds what others wrote. */
import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import { assertAccounted, lastSent } from "../support/account.ts";
import { launchBrowser, newServedPage, startLogger } from "../support/browser.ts";
import { account, answered, isAll, log, open as openPage } from "../support/spool-page.ts";

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());
const open = (context: TestContext): ReturnType<typeof openPage> => openPage(browser, context);

test("without IndexedDB events wait in the page", async (context) => {
  const { page, server } = await newServedPage(browser, context);
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, "indexedDB", {
      get() {
        throw new DOMException("The user denied permission to access the database.", "SecurityError");
      },
    });
  });
  await page.goto(server.url);
  await startLogger(page);
  server.answerWith({ status: 503, retryAfter: "1" });
  await log(page, 4);
  await answered(page, 503);
  assert.equal(await page.evaluate(() => (window as any).reports.at(-1).waiting), 4);
  await server.until(isAll(4));
  assert.equal(server.batches.length, 2);
});

/** Another tab that has IndexedDB in hand, so that the next page of `page` gets nothing from it. */
async function hold(page: Page, url: string, how: (database: IDBDatabase) => void): Promise<Page> {
  const other = await page.context().newPage();
  await other.goto(url);
  await other.evaluate(
    `new Promise((resolve) => {
       const request = indexedDB.open("mayday");
       request.onsuccess = () => resolve((${how})(request.result));
     })`,
  );
  return other;
}

/** A deletion waits for this tab, which does not give way, and every later open waits for the deletion. */
const holdOpening = (): void => void indexedDB.deleteDatabase("mayday");

/** A transaction that always wants something more. */
const holdTransactions = (database: IDBDatabase): void => {
  const store = database.transaction("events", "readwrite").objectStore("events");
  const again = (): void => void (store.get("none").onsuccess = again);
  again();
};

for (const [what, how] of [
  ["does not open", holdOpening],
  ["opens and does not answer", holdTransactions],
] as const)
  test(`where IndexedDB ${what}, what a page left goes out of localStorage and stays there until then`, async (context) => {
    const { page, edge, options } = await open(context);
    await edge.close();
    // In one task, however long the next page takes: a try that failed meanwhile would have put them into IndexedDB.
    await page.evaluate(() => {
      for (let i = 0; i < 3; i++)
        (window as any).mayday.logEvent({ level: "error", message: "event", error: { type: `E${i}` } });
      dispatchEvent(new Event("pagehide"));
    });
    await page.goto(new URL("/page-two", page.url()).href);
    const parcels = (): Promise<number> =>
      page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("mayday.left.")).length);
    assert.ok((await parcels()) > 0);
    const other = await hold(page, page.url(), how);
    await startLogger(page, options);
    await answered(page, 0);
    assert.ok((await parcels()) > 0);
    await edge.reopen();
    await edge.until(isAll(3));
    await page.waitForFunction(() => !Object.keys(localStorage).some((key) => key.startsWith("mayday.left.")));
    await other.close();
    await log(page, 1, 3);
    await edge.until(isAll(4));
    await page.evaluate(() => (window as any).mayday.flush());
    await account(page, edge, 4);
  });

test("a report says how many wait, not how many might while nobody has looked", async (context) => {
  const { page, server } = await newServedPage(browser, context);
  await page.goto(server.url);
  await page.evaluate(async () => {
    const mayday = await import("/mayday/index.js" as string);
    const reports: any[] = [];
    Object.assign(window, { mayday, reports });
    mayday.init({
      onReport(report: any) {
        reports.push(report);
        // A page that is busy for longer than an event waits for others: it goes before IndexedDB is asked.
        for (const end = Date.now() + 200; report.what === "queued" && Date.now() < end;);
      },
    });
    mayday.captureMessage("early", "error");
  });
  await answered(page, 200);
  assert.equal((await lastSent(page))!.waiting, 0);
  assertAccounted(server.batches, await lastSent(page), 1);
});

test("where localStorage is full, what a page that is left and comes back could not send goes then", async (context) => {
  const { page, edge } = await open(context);
  await page.context().setOffline(true);
  await page.evaluate(() => {
    for (let size = 2 ** 22; size > 0; size >>= 1)
      try {
        for (let i = 0; ; i++) localStorage[`${size}.${i}`] = "x".repeat(size);
      } catch {
        // Full, for as much.
      }
    for (let i = 0; i < 3; i++)
      (window as any).mayday.logEvent({ level: "error", message: "event", error: { type: `E${i}` } });
    dispatchEvent(new Event("pagehide"));
    dispatchEvent(new Event("pageshow"));
  });
  await page.context().setOffline(false);
  await edge.until(isAll(3));
  await page.evaluate(() => (window as any).mayday.flush());
  await account(page, edge, 3);
});

test("a parcel that can't be read hides none of the others", async (context) => {
  const { page, edge, options } = await open(context);
  await edge.close();
  await log(page, 3);
  await page.goto(new URL("/page-two", page.url()).href);
  await page.evaluate(() => {
    for (const [name, text] of Object.entries({ a: '{"broken', b: "null", c: '[7,{"event_id":{}},null]', d: '"text"' }))
      localStorage[`mayday.left.${name}`] = text;
  });
  await edge.reopen();
  await startLogger(page, options);
  await edge.until(isAll(3));
  await page.waitForFunction(() => !Object.keys(localStorage).some((key) => key.startsWith("mayday.left.")));
});
