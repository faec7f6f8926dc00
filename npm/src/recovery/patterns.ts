/** One pattern of errors, as the origin's `/api/v1/errors/patterns` tells it. */
export interface ErrorPattern {
  hash: string;
  type: string;
  message?: string;
  page?: string;
  action?: string;
  count: number;
  affected_users?: number;
  first_seen?: string;
  last_seen?: string;
}

export interface PatternOptions {
  /** Default `/api/v1/errors/patterns`. */
  url?: string;
  /** How far back: `1h`, `24h`, ... Default `1h`. */
  timeRange?: string;
  /** The agent's sign-in: `{ authorization: "Bearer ..." }`. */
  headers?: Record<string, string>;
  /** Default 60,000; at least 1,000. */
  everyMs?: number;
}

/**
 * Asks for patterns now and then, and hands them over. Goes on where the origin does not answer, and gives up where it is told that
 * this is none of its business. Returns what ends it.
 */
export function watchPatterns(options: PatternOptions, onPatterns: (patterns: ErrorPattern[]) => void): () => void {
  const { url = "/api/v1/errors/patterns", timeRange = "1h", headers = {}, everyMs = 60_000 } = options;
  const ended = new AbortController();
  const ask = async (): Promise<void> => {
    try {
      const question = `${url}?time_range=${encodeURIComponent(timeRange)}`;
      const answer = await fetch(question, { headers, credentials: "include", signal: ended.signal });
      if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) return stop();
      const { patterns } = (await answer.json()) as { patterns?: unknown };
      if (!ended.signal.aborted && Array.isArray(patterns)) onPatterns(patterns);
    } catch {
      // The next time, perhaps.
    }
  };
  const timer = setInterval(() => void ask(), Math.max(1_000, everyMs));
  const stop = (): void => {
    clearInterval(timer);
    ended.abort();
  };
  void ask();
  return stop;
}

/** One line about a pattern, for people. */
export function describePattern({ count, message, type, page, action, affected_users }: ErrorPattern): string {
  const where = [page, action].filter(Boolean).join(", ");
  const users = affected_users === undefined ? "" : ` (${affected_users} ${affected_users === 1 ? "user" : "users"})`;
  return `${count} × ${message ?? type}${where ? `: ${where}` : ""}${users}`;
}
