/** The exports of wasm-client/bindings.h, compared with the real ones by tests/npm/bindings.test.ts. Times are ms since 1970. */
export interface MaydayModule {
  start(seed: string, burst: number, perSecond: number, dedupeWindowMs: number, batchWaitMs: number, now: number): void;
  repeats(signature: string, now: number): boolean;
  record(event: string, signature: string, count: number, now: number): boolean;
  discard(reason: number): void;
  take(now: number, leaving: boolean): string;
  wakeMs(): number;
  events(): number;
  settle(status: number, retryAfterMs: number, now: number): void;
  waiting(): number;
  discarded(reason: number): number;
  hashUser(id: string): string;
}

/** Emscripten's glue, given the module's bytes; scripts/build-npm.mjs puts it in `#glue`'s place. */
export default function createModule(options: { wasm: ArrayBuffer | Uint8Array }): Promise<MaydayModule>;
