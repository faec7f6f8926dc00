/** Many batches for an origin, and which of them it has acknowledged: what is said when it is killed in the middle. */

import assert from "node:assert/strict";
import { fetchAll, type Origin, postIngest, type TestEvent, toLines } from "./origin.ts";

export interface Load {
  /** The next batch; undefined: there are no more. */
  next(): TestEvent[] | undefined;
  senders: number;
  /** Told after each answer how many are acknowledged by then. */
  onAnswer?(acknowledged: number): void;
}

/** Posts until all is sent or the origin is gone; answers the ids that were acknowledged. */
export async function postAll(origin: Origin, { next, senders, onAnswer }: Load): Promise<Set<string>> {
  const acknowledged = new Set<string>();
  const sender = async (): Promise<void> => {
    for (let batch = next(); batch; batch = next()) {
      try {
        const response = await postIngest(origin, toLines(batch));
        if (response.status !== 200) return;
        await response.json();
      } catch {
        return;
      }
      for (const { event_id } of batch) acknowledged.add(event_id);
      onAnswer?.(acknowledged.size);
    }
  };
  await Promise.all(Array.from({ length: senders }, sender));
  return acknowledged;
}

export async function storedIds(origin: { url: string }): Promise<string[]> {
  return (await fetchAll(origin)).map(({ event_id }) => event_id);
}

export async function assertEachIsThereOnce(origin: { url: string }, acknowledged: Set<string>): Promise<void> {
  const stored = await storedIds(origin);
  const kept = new Set(stored);
  assert.equal(kept.size, stored.length, "no event twice");
  assert.deepEqual(
    [...acknowledged].filter((id) => !kept.has(id)),
    [],
    "no acknowledged event is lost",
  );
}
