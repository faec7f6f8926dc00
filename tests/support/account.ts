/** Nothing is lost silently: captured = delivered + waiting + dropped by reason. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { Batch } from "./recording-server.ts";

interface Counted {
  event_id: string;
  count?: number;
}

/** How often what these tell of happened; an event that arrived twice counts once. */
export const occurrences = (events: Counted[]): number =>
  [...new Map(events.map((event) => [event.event_id, event.count ?? 1])).values()].reduce((sum, each) => sum + each, 0);

const sum = (counts: Record<string, number> = {}): number => Object.values(counts).reduce((all, each) => all + each, 0);

/** The last `sent` among a page's reports, as far as it counts. */
export interface Told {
  waiting: number;
  discarded: Record<string, number>;
}

/** `waiting` are the page's events that have not gone, where their number alone does not tell. */
export function assertAccounted(batches: Batch[], told: Told | undefined, captured: number, waiting?: Counted[]): void {
  const accepted = batches.filter(({ status }) => status === 200);
  const delivered = accepted.flatMap(({ events }) => events as Counted[]);
  const dropped = accepted.reduce((all, { client }) => all + sum(client.discarded), sum(told?.discarded));
  const found = waiting ? occurrences([...delivered, ...waiting]) : occurrences(delivered) + (told?.waiting ?? 0);
  assert.equal(found + dropped, captured, `${delivered.length} events delivered, ${dropped} dropped`);
}

export const lastSent = (page: Page): Promise<Told | undefined> =>
  page.evaluate(() => (window as any).reports.findLast((report: any) => report.what === "sent"));
