/** One error on its whole way: page, client, edge, origin, database, dashboard. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Request } from "playwright-core";
import { launchBrowser, newPage } from "../support/browser.ts";
import { eventOf } from "../support/events.ts";
import { ask } from "../support/http.ts";
import { until } from "../support/poll.ts";
import { as } from "../support/tokens.ts";
import { startUp, type Up } from "../support/up.ts";

let up: Up;
let browser: Browser;

before(async () => {
  up = await startUp();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await up?.clear();
});

/** event_id is kept as its 16 bytes. */
const rowsOf = (id: string): number =>
  up.count(`select count(*) from events where event_id = x'${id.replaceAll("-", "")}'`);

const idsIn = (request: Request): string[] => {
  const body = JSON.parse(request.postData() ?? "{}") as { events?: { event_id: string }[] };
  return (body.events ?? []).map((event) => event.event_id);
};

test("a click that throws is a row in the database, and on the dashboard within two seconds", async () => {
  const dashboard = await newPage(browser);
  await up.signIn(dashboard);
  await dashboard.goto(`${up.origin}/`);
  await dashboard.locator('#live-state[data-state="connected"]').waitFor();

  const demo = await newPage(browser);
  await demo.goto(`${up.demo}/`);
  const posted = demo.waitForResponse((response) => new URL(response.url()).pathname === "/v1/logs");
  await demo.locator('[data-break="throw"]').click();
  const response = await posted;
  assert.equal(response.status(), 200);
  const [id] = idsIn(response.request());
  assert.match(id ?? "", /^[0-9a-f-]{36}$/);

  await dashboard.locator(`[data-event-id="${id}"]`).waitFor({ timeout: 2_000 });
  const { status, text } = await ask(up.origin, { target: `/events/${id}`, headers: as("agent") });
  assert.equal(status, 200);
  assert.ok(text.includes("TypeError"), text);
  assert.equal(rowsOf(id!), 1);
});

test("what the page must not tell does not arrive", async () => {
  const demo = await newPage(browser);
  await demo.goto(`${up.demo}/`);
  const posted = demo.waitForResponse((response) => new URL(response.url()).pathname === "/v1/logs");
  await demo.locator('[data-break="secret"]').click();
  const [id] = idsIn((await posted).request());
  await until("the row", () => rowsOf(id!) === 1);
  const { text } = await ask(up.origin, { target: `/events/${id}`, headers: as("agent") });
  assert.match(text, /\[redacted:/);
  assert.doesNotMatch(text, /[\w.+-]+@[\w-]+\.\w+/, "an e-mail address came through");
});

test("events that come while the origin stands still wait, and arrive once each", async () => {
  const origin = up.processes().find(({ command }) => command.includes("bin/mayday-origin"));
  assert.ok(origin, "the origin's process");
  process.kill(origin.pid, "SIGSTOP");
  const events = [eventOf(), eventOf(), eventOf()];
  try {
    for (const event of events) {
      const headers = { "content-type": "application/json" };
      const answer = await ask(up.edge, { method: "POST", target: "/v1/logs", headers, body: JSON.stringify(event) });
      assert.equal(answer.status, 200);
    }
    const health = await ask(up.edge, { target: "/v1/logs/health" });
    assert.equal((JSON.parse(health.text) as { pending: number }).pending, 3);
  } finally {
    process.kill(origin.pid, "SIGCONT");
  }
  for (const { event_id: id } of events) await until(`${id} arrives`, () => rowsOf(id) === 1, 30_000);
});

test("an action that fails opens the support widget, and its event says so in the database", async () => {
  const demo = await newPage(browser);
  await demo.goto(`${up.demo}/`);
  const posted = demo.waitForResponse((response) => new URL(response.url()).pathname === "/v1/logs");
  await demo.locator('[data-break="action"]').click();
  assert.equal(await demo.getByLabel("What happened?").inputValue(), "I could not pay.");
  const [id] = idsIn((await posted).request());
  await until("the row is there", () => rowsOf(id!) === 1);
  const { text } = await ask(up.origin, { target: `/events/${id}`, headers: as("agent") });
  const { support } = JSON.parse(text) as { support?: unknown };
  assert.deepEqual(support, { action: "payment_checkout", opened: true });

  // What the user sends makes a ticket, with the error as its evidence; its number is shown.
  await demo.getByRole("button", { name: "Send", exact: true }).click();
  const told = await demo.getByText(/Your ticket is number \d+/).innerText();
  const number = /number (\d+)/.exec(told)?.[1];
  assert.ok(Number(number) > 100, `ticket ${number}`);
});
