import { useMemo, useState } from "react";
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
  lastError: TrackedError | null;
  trackError(error: unknown, context?: TrackContext): TrackedError;
  trackRecovery(code: ErrorCode, recovery: Recovery): void;
  /** As `withRetry`; a failure that remains becomes `lastError`, and is thrown. */
  withRetry<T>(run: (attempt: number) => Promise<T> | T, options?: RetryOptions): Promise<T>;
  clear(): void;
}

/** Error tracking of one component or page; `context` goes along with all of it. The functions stay the same from rendering to rendering. */
export function useErrorTracking(context: TrackContext = {}): ErrorTracking {
  const [lastError, setLastError] = useState<TrackedError | null>(null);
  const key = JSON.stringify(context);
  const functions = useMemo(() => {
    const given = JSON.parse(key) as TrackContext;
    return {
      trackError(error: unknown, more?: TrackContext): TrackedError {
        const tracked = trackError(error, { ...given, ...more });
        if (tracked.code !== "CANCELLED") setLastError(tracked);
        return tracked;
      },
      trackRecovery: (code: ErrorCode, recovery: Recovery) => trackRecovery(code, recovery, given),
      withRetry: <T>(run: (attempt: number) => Promise<T> | T, options?: RetryOptions): Promise<T> =>
        withRetry(run, { ...given, ...options, onFailure: setLastError }),
      clear: () => setLastError(null),
    };
  }, [key]);
  return { lastError, ...functions };
}
