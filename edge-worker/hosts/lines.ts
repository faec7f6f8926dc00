/** NDJSON as bytes: whole lines, each with its line feed. */

const feed = 0x0a;

/** The length of the longest run of whole lines at the start of `bytes` that fits `bytesMax`; at least one line's. */
export function wholeLines(bytes: Uint8Array, bytesMax: number): number {
  if (bytes.length <= bytesMax) return bytes.length;
  const fitting = bytesMax > 0 ? bytes.lastIndexOf(feed, bytesMax - 1) + 1 : 0;
  if (fitting > 0) return fitting;
  const first = bytes.indexOf(feed) + 1;
  return first > 0 ? first : bytes.length;
}

/** `lines` cut into pieces of whole lines, none longer than `bytesMax` unless it is a single line. */
export function* piecesOf(lines: Uint8Array, bytesMax: number): Generator<Uint8Array> {
  for (let start = 0; start < lines.length;) {
    const bytes = wholeLines(lines.subarray(start), bytesMax);
    yield lines.subarray(start, start + bytes);
    start += bytes;
  }
}

export function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(feed); at >= 0; at = bytes.indexOf(feed, at + 1)) count += 1;
  return count;
}

/** What a line says, for receivers that have a format of their own. Every line was written by the edge's module. */
export interface Line {
  event_id?: string;
  timestamp?: string;
  received_at?: string;
  level?: string;
  service?: string;
  environment?: string;
  release?: string;
  message?: string;
  session_id?: string;
  trace_id?: string;
  error?: { type?: string; message?: string; stack?: unknown };
  [field: string]: unknown;
}

/** Each line as text and as what it says. */
export function* eventsIn(lines: Uint8Array): Generator<{ text: string; event: Line }> {
  for (const text of new TextDecoder().decode(lines).split("\n")) {
    if (text !== "") yield { text, event: JSON.parse(text) as Line };
  }
}
