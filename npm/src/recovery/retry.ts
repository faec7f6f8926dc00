import { logEvent } from "../index.ts";
import { codeOf, type ErrorCode } from "./codes.ts";
import { trackError, trackRecovery, type TrackContext, type TrackedError } from "./track.ts";

export interface RetryOptions extends TrackContext {
  /** How often it is tried in all. Default 3. */
  tries?: number;
  /** Before the second try; twice as long before each further one, and up to half of it shorter, by chance. Default 500. */
  delayMs?: number;
  /** Ends the waiting, and with it the tries. */
  signal?: AbortSignal;
  /** Told of the failure that remains, before it is thrown. */
  onFailure?: (tracked: TrackedError) => void;
}

/** These fail again in the same way, however often they are tried. */
const isFinal: Partial<Record<ErrorCode, true>> = { VALIDATION_ERROR: true, PERMISSION_DENIED: true };

const delayMsMax = 30_000;

/**
 * Runs `run`, and again where it fails. Each retry is reported, and so is the failure that remains, which is thrown as it came; that it
 * worked after all is reported as a recovery. What was cancelled is thrown at once, and nothing of it is reported.
 */
export async function withRetry<T>(run: (attempt: number) => Promise<T> | T, options: RetryOptions = {}): Promise<T> {
  const { tries = 3, delayMs = 500, signal, onFailure, ...context } = options;
  const action = context.action ?? "withRetry";
  let failedAs: ErrorCode | undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      signal?.throwIfAborted();
      const result = await run(attempt);
      if (failedAs) trackRecovery(failedAs, { method: "retry", successful: true }, context);
      return result;
    } catch (error) {
      const code = signal?.aborted ? "CANCELLED" : (context.code ?? codeOf(error));
      if (code === "CANCELLED") throw error;
      if (attempt >= tries || isFinal[code]) {
        const tracked = trackError(error, { ...context, code });
        onFailure?.(tracked);
        if (attempt > 1) trackRecovery(code, { method: "retry", successful: false }, context);
        throw error;
      }
      failedAs = code;
      const message = `${action} failed with ${code}: try ${attempt + 1} of ${tries} follows`;
      logEvent({ message, level: "warn", component: action, tags: { "error.code": code, action } });
      await wait(Math.min(delayMs * 2 ** (attempt - 1), delayMsMax) * (1 - Math.random() / 2), signal);
    }
  }
}

/** Settles after `ms`, or as soon as the signal says so. */
function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });
}
