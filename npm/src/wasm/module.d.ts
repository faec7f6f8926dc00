/** The exports of wasm-client/bindings.h, compared with the real ones by tests/npm/bindings.test.ts. Times are ms since 1970. */
export interface MaydayModule {
  start(seed: string, now: number): void;
  repeats(signature: number, now: number): boolean;
  record(event: string, signature: number, count: number, now: number): boolean;
  restore(event: string, count: number, now: number): void;
  discard(reason: number, times: number): void;
  take(now: number, leaving: boolean, sentAt: string): string;
  wakeMs(): number;
  settle(status: number, retryAfterMs: number, now: number, kept: boolean): boolean;
  resting(now: number): boolean;
  reconnect(): void;
  waiting(): number;
  discarded(reason: number): number;
  trigger(facts: string, error: string, name: number, now: number): number;
  hashUser(id: string): string;
}

/** Emscripten's glue, given the module's bytes, or the fallback, which has none; scripts/build-npm.mjs puts it in `#glue`'s place. */
export default function createModule(options: { wasm?: ArrayBuffer | Uint8Array }): Promise<MaydayModule>;
