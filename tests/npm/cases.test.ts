/** Every case of tests/cases/record, and the corpus of secrets that a page promises to keep, in both forms of the module that a page loads. */

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
    module.start("ab".repeat(32), now);
    const event = one.event ?? JSON.stringify(one.event_json);
    assert.equal(module.record(event, 1, 1, now), one.kept);
    const body = module.take(now + 1_000, false, "");
    assert.equal(body !== "", one.kept);
    if (!one.kept) return;
    expectSubset((JSON.parse(body) as { events: unknown[] }).events, [one.line], "events");
    for (const secret of one.never ?? []) assert.ok(!body.includes(secret), `"${secret}" left the page`);
  });
}

interface Secret {
  kind: string;
  profile: "message" | "stack_line" | "value" | "path" | "identifier";
  in: string;
  secret: string;
}

const readCorpus = (name: string): unknown[] => JSON.parse(readFileSync(inRoot(`tests/cases/redact/${name}`), "utf8"));
const [promise] = readCorpus("page.json") as { kinds: string[]; left: string[] }[];
const promised = ["goes.json", "held_out_goes.json", "held_out_2_goes.json", "held_out_3_goes.json"]
  .flatMap((name) => readCorpus(name) as Secret[])
  .filter((one) => promise!.kinds.includes(one.kind) && !promise!.left.includes(one.in));

/** An event that holds a text where it is read by this profile. */
const holding = ({ profile, in: text }: Secret): unknown => ({
  message: profile === "message" ? text : "it broke",
  error: profile === "stack_line" ? { stack: [text] } : undefined,
  tags: profile === "value" ? { of: text } : undefined,
  route: profile === "path" ? text : undefined,
  request_id: profile === "identifier" ? text : undefined,
});

for (const form of forms)
  test(`${form}: each of ${promised.length} secrets that a page promises to keep stays in it`, async () => {
    const module = await loadClientModule(form);
    module.start("ab".repeat(32), now);
    assert.ok(promised.length > 800);
    for (const [index, one] of promised.entries()) {
      assert.ok(module.record(JSON.stringify(holding(one)), index, 1, now), one.in);
      const body = module.take(now, true, "");
      const [event] = (JSON.parse(body) as { events: unknown[] }).events;
      assert.ok(
        !JSON.stringify(Object.values(event as object)).includes(JSON.stringify(one.secret).slice(1, -1)),
        body,
      );
      module.settle(200, 0, now, false);
    }
  });
