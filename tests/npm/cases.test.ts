/** Every case of tests/cases/record, in both forms of the module that a page loads. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { forms, loadClientModule } from "../support/client-module.ts";
import { expectSubset } from "../support/cases.ts";
import { inRoot } from "../support/paths.ts";

interface RecordCase {
  name: string;
  event?: string;
  event_json?: unknown;
  kept: boolean;
  line?: unknown;
  never?: string[];
}

const cases = JSON.parse(readFileSync(inRoot("tests/cases/record/events.json"), "utf8")) as RecordCase[];
const now = Date.UTC(2026, 10, 21);

for (const [form, one] of forms.flatMap((form) => cases.map((one) => [form, one] as const))) {
  test(`${form}: ${one.name}`, async () => {
    const module = await loadClientModule(form);
    module.start("ab".repeat(32), 10, 2, 30_000, 2_000, now);
    const event = one.event ?? JSON.stringify(one.event_json);
    assert.equal(module.record(event, 1, 1, now), one.kept);
    const body = module.take(now + 1_000, false);
    assert.equal(body !== "", one.kept);
    if (!one.kept) return;
    expectSubset((JSON.parse(body) as { events: unknown[] }).events, [one.line], "events");
    for (const secret of one.never ?? []) assert.ok(!body.includes(secret), `"${secret}" left the page`);
  });
}
