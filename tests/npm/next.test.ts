/** The package as it is published, in a fresh Next.js app: built, served, and rewriting `/v1/logs` to a real edge. */

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { launchBrowser, newPage } from "../support/browser.ts";
import { createFreshApp, type FreshApp } from "../support/fresh-app.ts";
import { ask } from "../support/http.ts";
import { startMonitoredEdge } from "../support/monitored-edge.ts";
import { inRoot } from "../support/paths.ts";
import { until } from "../support/poll.ts";
import { freePorts } from "../support/ports.ts";
import { run } from "../support/process.ts";

const files = {
  "app/mayday.jsx": `'use client';
    import { usePathname } from 'next/navigation';
    import { MaydayProvider } from 'mayday/next';
    export const Mayday = ({ children }) => (
      <MaydayProvider sessionId="session-of-ours" route={usePathname()}>{children}</MaydayProvider>
    );`,
  "app/layout.jsx": `import { Mayday } from './mayday';
    export default function Layout({ children }) {
      return <html lang="en"><body><Mayday>{children}</Mayday></body></html>;
    }`,
  "app/orders/page.jsx": `import { Order } from '../order';
    export default function Page() { return <main><p id="content">rendered on the server</p><Order /></main>; }`,
  "app/order.jsx": `'use client';
    import { useEffect } from 'react';
    import { ErrorBoundary } from 'mayday/react';
    export function Order() {
      useEffect(() => void setTimeout(() => { throw new Error('from Next.js'); }), []);
      return <ErrorBoundary><p>an order</p></ErrorBoundary>;
    }`,
};

const settings = {
  NEXT_TELEMETRY_DISABLED: "1",
  NEXT_PUBLIC_ENVIRONMENT: "staging",
  NEXT_PUBLIC_RELEASE: "5.0.0",
  NEXT_PUBLIC_USE_API_PROXY: "true",
  NEXT_PUBLIC_LOG_INGEST_HMAC: "a secret that everybody can read",
};

async function buildApp(app: FreshApp, edgeUrl: string): Promise<void> {
  // Turbopack follows no link out of its folder, so its root is the one that both have in common.
  app.link("next", "react", "react-dom");
  mkdirSync(path.join(app.folder, "app/orders"), { recursive: true });
  for (const [name, text] of Object.entries(files)) app.write(name, text);
  app.write(
    "next.config.mjs",
    `export default {
      rewrites: async () => [{ source: "/v1/logs", destination: "${edgeUrl}/v1/logs" }],
      turbopack: { root: "/" },
    };`,
  );
  const build = run(process.execPath, [inRoot("node_modules/next/dist/bin/next"), "build", app.folder], settings);
  assert.equal((await build.ended).code, 0, build.stdout() + build.stderr());
}

test("what fails in a Next.js app arrives signed, with its session, route and release", async (context) => {
  const port = String(await freePorts());
  const url = `http://127.0.0.1:${port}`;
  // A rewrite names the edge as the host; the page's origin is then another one.
  const world = await startMonitoredEdge({
    EXTRA_CORS_ORIGINS: url,
    LOG_INGEST_HMAC_SECRET: settings.NEXT_PUBLIC_LOG_INGEST_HMAC,
  });
  context.after(() => world.close());
  const app = createFreshApp();
  context.after(() => app.remove());
  await buildApp(app, world.edge.url);

  const next = inRoot("node_modules/next/dist/bin/next");
  const server = run(
    process.execPath,
    [next, "start", app.folder, "--port", port, "--hostname", "127.0.0.1"],
    settings,
  );
  context.after(() => server.stop("SIGKILL"));
  const html = (): Promise<string> => ask(url, { target: "/orders" }).then(({ text }) => text);
  await until("Next.js listens", () => html().then(Boolean, () => false), 30_000);
  assert.match(await html(), /rendered on the server/);

  const browser = await launchBrowser();
  context.after(() => browser.close());
  await (await newPage(browser)).goto(`${url}/orders?token=hunter2`);
  const [line] = await world.linesWhere("the event", ({ message }) => message === "Error: from Next.js");
  const { environment, release, session_id, route } = line!;
  assert.deepEqual([environment, release, session_id, route], ["staging", "5.0.0", "session-of-ours", "/orders"]);
});
