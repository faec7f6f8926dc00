/** A page whose logger opens the support widget, and a help desk that takes its reports and keeps them. */

import type { TestContext } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { newPage } from "./browser.ts";
import { startRecordingServer, type RecordingServer, type Route } from "./recording-server.ts";

export interface HelpDesk extends RecordingServer {
  /** What came to `/support/report`, in order, with its headers. */
  reports: { body: any; headers: Record<string, string | string[] | undefined> }[];
  /** What came to `/support/logs`. */
  asked: { url: string; headers: Record<string, string | string[] | undefined> }[];
  /** The bodies that were refused. */
  refused: any[];
  /** Refuses the next report so. */
  refuse(status: number): void;
}

export const requestLogs = [
  {
    timestamp: "2026-11-27T20:00:00.000Z",
    requestId: "req-123",
    method: "POST",
    url: "/api/polls/17",
    statusCode: 500,
    durationMs: 50,
    level: "error",
    error: "no such poll",
  },
  {
    ...{ timestamp: "2026-11-27T19:59:00.000Z", requestId: "req-122", method: "GET", url: "/api/polls" },
    statusCode: 200,
  },
];

export const pageHtml = (html = 'lang="en"'): string => `<!doctype html><html ${html}>
  <meta charset="utf-8"><title>polls</title><link rel="icon" href="data:,">
  <main><h1>Polls</h1><button id="launch">Launch</button><label>Name <input id="name"></label></main></html>`;

export async function startHelpDesk(page = pageHtml(), headers: Record<string, string> = {}): Promise<HelpDesk> {
  const reports: HelpDesk["reports"] = [];
  const asked: HelpDesk["asked"] = [];
  const refusals: number[] = [];
  const refused: any[] = [];
  const answer = (response: Parameters<Route>[1], status: number, value: unknown): unknown =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  const routes: Record<string, Route> = {
    "/app": (_, response) => response.writeHead(200, { "content-type": "text/html", ...headers }).end(page),
    "/api/fails": (_, response) => response.writeHead(500).end(),
    "/api/invalid": (_, response) => response.writeHead(422).end(),
    "/support/report": (request, response) => {
      let text = "";
      request.on("data", (chunk) => (text += chunk));
      request.on("end", () => {
        const refusal = refusals.shift();
        if (refusal) {
          refused.push(JSON.parse(text));
          return answer(response, refusal, { detail: "refused" });
        }
        reports.push({ body: JSON.parse(text), headers: request.headers });
        return answer(response, 201, { data: { ticket: { id: "t-1", number: 123, status: "open" } } });
      });
    },
    "/support/logs": (request, response) => {
      asked.push({ url: request.url!, headers: request.headers });
      const userContext = { userId: 1, role: "user", displayName: "Anna" };
      answer(response, 200, { data: { logs: requestLogs, userContext } });
    },
  };
  const server = await startRecordingServer(page, routes);
  return { ...server, reports, asked, refused, refuse: (status) => void refusals.push(status) };
}

/** Starts the logger with `support(given)`; `given` is source, since it may hold functions. */
export async function startSupport(page: Page, given = "{}"): Promise<void> {
  // As an expression of the debugger's: the page's policy may forbid its scripts to make any.
  await page.evaluate(`(async () => {
    const mayday = await import("/mayday/index.js");
    const help = await import("/mayday/support/index.js");
    Object.assign(window, { mayday, help, tickets: [] });
    mayday.init({ support: help.support(${given}), sessionId: "session-1" });
  })()`);
}

interface Helped extends BrowserContextOptions {
  support?: string;
  html?: string;
  headers?: Record<string, string>;
}

/** A page on which the logger is started, with the widget at hand. */
export async function openHelped(
  context: TestContext,
  browser: Browser,
  { support, html = pageHtml(), headers = {}, ...options }: Helped = {},
): Promise<{ page: Page; desk: HelpDesk }> {
  const desk = await startHelpDesk(html, headers);
  const page = await newPage(browser, options);
  context.after(async () => void (await Promise.all([page.context().close(), desk.close()])));
  await page.addInitScript(() => {
    const refused: string[] = [];
    Object.assign(window, { refused });
    document.addEventListener("securitypolicyviolation", (event) => refused.push(event.violatedDirective));
  });
  await page.goto(`${desk.url}/app`);
  await startSupport(page, support);
  return { page, desk };
}
