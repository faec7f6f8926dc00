/**
 * For pages without a bundler: `<script src="/mayday/loader.js" data-service="shop"></script>`, first in the head. A classic script,
 * since a module runs after the page has been read: it keeps what fails until then, and gives it to the client when that is there.
 */

import type * as Client from "../index.ts";

type Api = typeof Client;
type Call = [name: keyof Api, given: unknown[]];

/** Kept until the client is there. */
const callsMax = 50;

const names = [
  "init",
  "captureException",
  "captureMessage",
  "logEvent",
  "setUser",
  "setContext",
  "addBreadcrumb",
  "flush",
  "close",
] as const satisfies (keyof Api)[];

function load(script: HTMLScriptElement): void {
  const calls: Call[] = [];
  const keep = (name: keyof Api, ...given: unknown[]): void =>
    void (calls.length < callsMax && calls.push([name, given]));
  const early = Object.fromEntries(names.map((name) => [name, (...given: unknown[]) => keep(name, ...given)]));
  const page = window as unknown as { mayday?: unknown };
  page.mayday = early;

  const onError = (event: ErrorEvent): void =>
    keep("captureException", event.error ?? event.message, { component: "window.onerror" });
  const onRejection = (event: PromiseRejectionEvent): void =>
    keep("captureException", event.reason, { component: "unhandledrejection" });
  addEventListener("error", onError);
  addEventListener("unhandledrejection", onRejection);
  const stop = (): void => {
    removeEventListener("error", onError);
    removeEventListener("unhandledrejection", onRejection);
  };

  const { sample, maxBreadcrumbs, stackLines, ...texts } = script.dataset;
  const numbers = Object.entries({ sample, maxBreadcrumbs, stackLines }).filter(([, text]) => text !== undefined);
  const options = { ...texts, ...Object.fromEntries(numbers.map(([name, text]) => [name, Number(text)])) };
  const at = (file: string): Promise<any> => import(new URL(file, script.src).href);
  // `data-support` is what stands before `/support/report`; empty, this origin.
  const support = texts["support"];
  const helped = support === undefined ? undefined : at("./support/index.js");
  Promise.all([at("./index.js") as Promise<Api>, helped]).then(([client, help]) => {
    stop();
    client.init({ ...options, support: help?.support({ endpoint: support }) });
    page.mayday = client;
    for (const [name, given] of calls) (client[name] as (...given: unknown[]) => unknown)(...given);
    // Whoever kept the first one has the same functions now.
    Object.assign(early, client);
  }, stop);
}

const script = globalThis.document?.currentScript;
if (script instanceof HTMLScriptElement && script.src) load(script);
