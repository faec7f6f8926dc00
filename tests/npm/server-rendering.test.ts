/** Rendered on a server, the components are their content, and nothing else happens. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createElement as element, type FunctionComponent } from "react";
import { renderToString } from "react-dom/server";
import { createSSRApp, h } from "vue";
import { renderToString as renderVue } from "vue/server-renderer";
import { inRoot } from "../support/paths.ts";

const entry = (name: string): Promise<any> => import(inRoot("npm/dist", name, "index.js"));

test("React's components and Next.js's provider", async () => {
  const { ErrorBoundary, ErrorPatternAlert, UserErrorWidget, useErrorTracking, useSupportTrigger, useSupportWidget } =
    await entry("react");
  const { support } = await entry("support");
  const { MaydayProvider } = await entry("next");
  const Page: FunctionComponent = () => {
    const { lastError } = useErrorTracking({ page: "/" });
    const { isOpen, open } = useSupportWidget();
    useSupportTrigger({ action: "poll_launch" }).trigger(new Error("rendered"));
    open();
    return element(
      "p",
      null,
      isOpen ? "open" : "page",
      element(UserErrorWidget, { error: lastError }),
      element(ErrorPatternAlert),
    );
  };
  const app = element(
    MaydayProvider,
    { route: "/", options: { support: support() } },
    element(ErrorBoundary, null, element(Page)),
  );
  assert.equal(renderToString(app), "<p>page</p>");
});

test("Vue's plugin and components", async () => {
  const { ErrorBoundary, ErrorPatternAlert, mayday, UserErrorWidget, useErrorTracking, useSupportWidget } =
    await entry("vue");
  const app = createSSRApp({
    setup() {
      const { isOpen } = useSupportWidget();
      const { lastError } = useErrorTracking({ page: "/" });
      const parts = () => [
        h("p", isOpen.value ? "open" : "page"),
        h(UserErrorWidget, { error: lastError.value }),
        h(ErrorPatternAlert),
      ];
      return () => h("main", h(ErrorBoundary, null, parts));
    },
  });
  const html = await renderVue(app.use(mayday, { service: "shop" }));
  assert.match(html, /^<main>(<!--.*?-->)*<p>page<\/p>(<!--.*?-->)*<\/main>$/);
});

test("importing any entry leaves the process as it was", async () => {
  const globals = Object.getOwnPropertyNames(globalThis).sort();
  const listeners = process.eventNames();
  for (const name of ["recovery", "support", "react", "vue", "next", "node", "langgraph"]) await entry(name);
  assert.deepEqual(Object.getOwnPropertyNames(globalThis).sort(), globals);
  assert.deepEqual(process.eventNames(), listeners);
});
