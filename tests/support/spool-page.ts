/** What the tests of delivery do in a page whose edge comes and goes. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import { assertAccounted, lastSent } from "./account.ts";
import { openLogged } from "./browser.ts";
import { startRecordingServer, type RecordingServer } from "./recording-server.ts";

/** A page's server, an edge of another origin, and a page that logs to it. */
export async function open(
  browser: Browser,
  context: TestContext,
): Promise<{ page: Page; edge: RecordingServer; options: Record<string, unknown> }> {
  const [server, edge] = [await startRecordingServer(), await startRecordingServer()];
  const options = { endpoint: `${edge.url}/v1/logs` };
  const page = await openLogged(browser, server.url, options);
  await ready(page);
  context.after(async () => {
    await page.context().close();
    await Promise.all([server.close(), edge.close()]);
  });
  return { page, edge, options };
}

/** The module is there, and the spool has been looked into. */
export async function ready(page: Page): Promise<void> {
  await page.waitForFunction(() => performance.getEntriesByName(`${location.origin}/mayday/mayday.wasm`).length);
  await page.evaluate(() => (window as any).mayday.flush(15_000));
}

export const log = (page: Page, count: number, from = 0): Promise<void> =>
  page.evaluate(
    ([count, from]) => {
      for (let i = from; i < from + count; i++)
        (window as any).mayday.logEvent({ level: "error", message: `event`, error: { type: `E${i}` } });
    },
    [count, from] as const,
  );

/** Waits for an answer with this status, or for none (0). */
export const answered = (page: Page, status: number, times = 1): Promise<unknown> =>
  page.waitForFunction(
    ([status, times]) =>
      (window as any).reports.filter((report: any) => report.what === "sent" && report.status === status).length >=
      times,
    [status, times] as const,
  );

export const spooled = (page: Page): Promise<{ event_id: string; count?: number }[]> =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open("mayday");
        request.onerror = reject;
        request.onsuccess = () => {
          const all = request.result.transaction("events").objectStore("events").getAll();
          all.onsuccess = () => {
            request.result.close();
            resolve(all.result.map(({ event }) => event));
          };
        };
      }),
  );

/** Nothing is sent any more: then this must be the sum. */
export async function account(page: Page, edge: RecordingServer, captured: number): Promise<void> {
  const waiting = await spooled(page);
  const told = await lastSent(page);
  assertAccounted(edge.batches, told, captured, waiting);
  assert.equal(told?.waiting ?? 0, waiting.length);
}

export const isAll =
  (count: number) =>
  (events: any[]): boolean =>
    new Set(events.map((event) => event.event_id)).size === count;
