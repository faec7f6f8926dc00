/** The other end of the queue: the same worker, called by the platform with what waits in it. */

import type { Environment } from "../environment.ts";
import { eventIdOf, logToConsole } from "../forwarder.ts";
import { countLines, piecesOf } from "../lines.ts";
import type { Outcome, Receiver } from "../post.ts";
import { receiverOf } from "../receivers/receivers.ts";

export interface Message {
  body: ArrayBuffer | Uint8Array;
  /** From 1 on. */
  attempts: number;
  ack(): void;
  retry(options: { delaySeconds: number }): void;
}

interface Parcel {
  message: Message;
  lines: Uint8Array;
}

const batchBytesMax = 256 * 1024;
const delaySecondsMax = 900;

/** Every message is either acknowledged, since it was taken or never will be, or comes again later. */
export async function consumeQueue(batch: { messages: readonly Message[] }, environment: Environment): Promise<void> {
  for (const [name, parcels] of parcelsByReceiver(batch.messages)) {
    const receiver = receiverOf(name, environment);
    if (receiver) await deliver(receiver, parcels);
    // Of a worker that was configured otherwise: what is retried too often ends in the dead letter queue.
    else for (const { message } of parcels) message.retry({ delaySeconds: delaySecondsMax });
  }
}

function parcelsByReceiver(messages: readonly Message[]): Map<string, Parcel[]> {
  const parcels = new Map<string, Parcel[]>();
  for (const message of messages) {
    const body = new Uint8Array(message.body);
    const end = body.indexOf(0x0a);
    const name = new TextDecoder().decode(body.subarray(0, end));
    parcels.set(name, [...(parcels.get(name) ?? []), { message, lines: body.subarray(end + 1) }]);
  }
  return parcels;
}

/** As many messages together as one request may hold. */
async function deliver(receiver: Receiver, parcels: Parcel[]): Promise<void> {
  for (let rest = parcels; rest.length > 0;) {
    let bytes = 0;
    const fitting = rest.findIndex(({ lines }, index) => (bytes += lines.length) > batchBytesMax && index > 0);
    const together = rest.slice(0, fitting < 0 ? rest.length : fitting);
    rest = rest.slice(together.length);
    settle(
      together,
      await sendAll(
        receiver,
        together.map(({ lines }) => lines),
      ),
    );
  }
}

/** One event that is refused must not take others along: what is refused together is sent in ever smaller parts. */
async function sendAll(receiver: Receiver, parts: Uint8Array[]): Promise<Outcome> {
  const body = new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  const outcome = await receiver.send(body);
  if (outcome.kind === "taken" && outcome.rejected > 0)
    logToConsole(`${receiver.name} refused events; they are dropped`, { rejected: outcome.why ?? outcome.rejected });
  if (outcome.kind !== "never") return outcome;
  if (parts.length === 1 && countLines(body) <= 1) {
    const facts = { reason: outcome.reason, event_id: eventIdOf(body) };
    logToConsole(`${receiver.name} refused an event; it is dropped`, facts);
    return { kind: "taken", rejected: 1 };
  }
  for (const part of parts.length > 1 ? parts : piecesOf(body, 0)) {
    const one = await sendAll(receiver, [part]);
    if (one.kind === "later") return one;
  }
  return { kind: "taken", rejected: 0 };
}

function settle(parcels: Parcel[], outcome: Outcome): void {
  if (outcome.kind === "later") logToConsole("events wait in the queue", { reason: outcome.reason });
  for (const { message } of parcels) {
    if (outcome.kind !== "later") message.ack();
    else message.retry({ delaySeconds: delaySecondsOf(message.attempts, outcome.retryAfterMs) });
  }
}

/** Growing, and spread, so that a receiver that comes back is not met by all at once. */
function delaySecondsOf(attempts: number, retryAfterMs: number): number {
  const grown = Math.min(2 ** Math.min(attempts - 1, 20), delaySecondsMax);
  return Math.ceil(Math.max(grown * (0.5 + Math.random()), retryAfterMs / 1000));
}
