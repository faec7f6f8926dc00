/** The browser that the tests drive. */
import type { TestContext } from "node:test";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { startRecordingServer, type RecordingServer } from "./recording-server.ts";

/** Debian's Chromium, headless, with nothing in its profile and no traffic of its own. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page in a profile of its own. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  // What tsx compiles names its functions by a helper of its own, which a page does not have.
  await context.addInitScript("globalThis.__name = (named) => named");
  return context.newPage();
}

/** A new page that has gone nowhere yet, and a server for it; both go with the test. */
export async function newServedPage(
  browser: Browser,
  context: TestContext,
): Promise<{ page: Page; server: RecordingServer }> {
  const server = await startRecordingServer();
  const page = await newPage(browser);
  context.after(async () => void (await Promise.all([page.context().close(), server.close()])));
  return { page, server };
}

/** A new page at `url` with the logger started in it. */
export async function openLogged(browser: Browser, url: string, options: Record<string, unknown> = {}): Promise<Page> {
  const page = await newPage(browser);
  await page.goto(url);
  await startLogger(page, options);
  return page;
}

/** Starts the logger in a page; the package is then `window.mayday`, and its reports are in `window.reports`. */
export async function startLogger(page: Page, options: Record<string, unknown> = {}): Promise<void> {
  await page.evaluate(async (given) => {
    const mayday = await import("/mayday/index.js" as string);
    const reports: unknown[] = [];
    Object.assign(window, { mayday, reports });
    mayday.init({ ...given, onReport: (report: unknown) => reports.push(report) });
  }, options);
}
