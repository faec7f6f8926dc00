/** Items on their way to one address: batched, bounded, retried, and never in the way of who hands them over. */

export interface OutboxOptions {
  url: string;
  /** What one POST carries. `discarded` of the items were dropped since the last one that was taken. */
  bodyOf(items: string[], discarded: number): string;
  headersOf(body: string): Record<string, string>;
  /** Told of what was lost, and why; must not throw. */
  onLoss(count: number, why: string): void;
}

/** What waits ahead of a POST. */
export interface Post {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** SPEC section 2 allows 100 events and 256 KiB; a body also has an envelope. */
const batchItemsMax = 100;
const batchBytesMax = 200 * 1024;
const waitingItemsMax = 1_000;
const waitingBytesMax = 4 * 1024 * 1024;
const batchWaitMs = 1_000;
const answerMsMax = 10_000;
const retryMsMin = 1_000;
const retryMsMax = 60_000;

interface Item {
  text: string;
  bytes: number;
}

export class Outbox {
  #options: OutboxOptions;
  #waiting: Item[] = [];
  #waitingBytes = 0;
  #discarded = 0;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<boolean> | undefined;
  #inFlight: Item[] = [];
  /** What the last refusal asked for. */
  #retryAfterMs = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Takes `text`, one JSON value. Where the bound is reached, the oldest gives way and is counted. */
  push(text: string): void {
    const item = { text, bytes: Buffer.byteLength(text) };
    if (item.bytes > batchBytesMax) return this.#options.onLoss(1, "too_large");
    this.#waiting.push(item);
    this.#waitingBytes += item.bytes;
    let dropped = 0;
    while (this.#waiting.length > waitingItemsMax || this.#waitingBytes > waitingBytesMax) {
      this.#waitingBytes -= this.#waiting.shift()!.bytes;
      dropped += 1;
    }
    this.#discarded += dropped;
    if (dropped > 0) this.#options.onLoss(dropped, "queue_full");
    this.#wake(batchWaitMs);
  }

  /** Sends what waits, now. True if all of it was taken before `timeoutMs` had passed. */
  async flush(timeoutMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => {
        isLate = true;
        resolve(false);
      }, timeoutMs);
    });
    const sendAll = async (): Promise<boolean> => {
      while (!isLate && this.#waiting.length > 0) if (!(await this.#send())) return false;
      return this.#waiting.length === 0;
    };
    return Promise.race([late, sendAll()]).finally(() => clearTimeout(timer));
  }

  /**
   * Gives away all that waits, as the POSTs that would have carried it: for a process that has no time left. What is being sent is
   * among it, for its answer will not be seen; an event is stored once, however often it comes.
   */
  drain(): Post[] {
    const posts: Post[] = [];
    this.#putBack(this.#inFlight);
    this.#inFlight = [];
    while (this.#waiting.length > 0) posts.push(this.#postOf(this.#take()));
    return posts;
  }

  #wake(ms: number): void {
    if (this.#timer || this.#sending) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#send();
    }, ms);
    // A program that has nothing else to do may end; `beforeExit` sends the rest.
    this.#timer.unref();
  }

  /** One batch at a time. True if it is off our hands. */
  #send(): Promise<boolean> {
    return (this.#sending ??= this.#sendBatch().finally(() => {
      this.#sending = undefined;
      if (this.#waiting.length > 0) this.#wake(this.#failures > 0 ? this.#retryMs() : batchWaitMs);
    }));
  }

  async #sendBatch(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const items = this.#take();
    if (items.length === 0) return true;
    const discarded = this.#discarded;
    this.#inFlight = items;
    const { status, retryAfterMs } = await post(this.#postOf(items));
    this.#inFlight = [];
    const isRefusedForGood = status >= 400 && status < 500 && status !== 429 && status !== 408;
    if (status >= 200 && status < 300) {
      this.#failures = 0;
      this.#discarded -= discarded;
      return true;
    }
    if (isRefusedForGood) {
      this.#failures = 0;
      this.#options.onLoss(items.length, `refused_${status}`);
      return true;
    }
    this.#failures += 1;
    this.#retryAfterMs = retryAfterMs;
    this.#putBack(items);
    return false;
  }

  /** Grows, and differs from process to process, so that those that failed together do not come back together. */
  #retryMs(): number {
    const grown = Math.min(retryMsMax, retryMsMin * 2 ** (this.#failures - 1));
    return Math.max(this.#retryAfterMs, grown / 2 + (grown / 2) * Math.random());
  }

  #take(): Item[] {
    let bytes = 0;
    let count = 0;
    for (const item of this.#waiting) {
      if (count === batchItemsMax || bytes + item.bytes > batchBytesMax) break;
      bytes += item.bytes + 1;
      count += 1;
    }
    const items = this.#waiting.splice(0, count);
    for (const item of items) this.#waitingBytes -= item.bytes;
    return items;
  }

  #putBack(items: Item[]): void {
    this.#waiting.unshift(...items);
    for (const item of items) this.#waitingBytes += item.bytes;
  }

  #postOf(items: Item[]): Post {
    const texts = items.map(({ text }) => text);
    const body = this.#options.bodyOf(texts, this.#discarded);
    return { url: this.#options.url, headers: this.#options.headersOf(body), body };
  }
}

/** `status` is 0 where there was no answer. */
async function post({ url, headers, body }: Post): Promise<{ status: number; retryAfterMs: number }> {
  try {
    const signal = AbortSignal.timeout(answerMsMax);
    const answer = await fetch(url, { method: "POST", headers, body, signal, redirect: "error" });
    await answer.body?.cancel();
    return { status: answer.status, retryAfterMs: retryAfterMsOf(answer.headers.get("retry-after")) };
  } catch {
    return { status: 0, retryAfterMs: 0 };
  }
}

/** RFC 9110, section 10.2.3: seconds, or a date. Bounded, for a header can say anything. */
function retryAfterMsOf(text: string | null): number {
  if (!text) return 0;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 10 * retryMsMax) : 0;
}
