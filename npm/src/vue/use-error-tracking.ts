import { shallowRef, type ShallowRef } from "vue";
import {
  trackError,
  trackRecovery,
  withRetry,
  type ErrorCode,
  type Recovery,
  type RetryOptions,
  type TrackContext,
  type TrackedError,
} from "../recovery/index.ts";

export interface ErrorTracking {
  /** The last error that was tracked here and not cleared: for `UserErrorWidget`. */
  lastError: ShallowRef<TrackedError | null>;
  trackError(error: unknown, context?: TrackContext): TrackedError;
  trackRecovery(code: ErrorCode, recovery: Recovery): void;
  /** As `withRetry`; a failure that remains becomes `lastError`, and is thrown. */
  withRetry<T>(run: (attempt: number) => Promise<T> | T, options?: RetryOptions): Promise<T>;
  clear(): void;
}

/** Error tracking of one component or page; `context` goes along with all of it. */
export function useErrorTracking(context: TrackContext = {}): ErrorTracking {
  const lastError = shallowRef<TrackedError | null>(null);
  const keep = (tracked: TrackedError): void => void (lastError.value = tracked);
  return {
    lastError,
    trackError(error, more) {
      const tracked = trackError(error, { ...context, ...more });
      if (tracked.code !== "CANCELLED") keep(tracked);
      return tracked;
    },
    trackRecovery: (code, recovery) => trackRecovery(code, recovery, context),
    withRetry: (run, options) => withRetry(run, { ...context, ...options, onFailure: keep }),
    clear: () => void (lastError.value = null),
  };
}
