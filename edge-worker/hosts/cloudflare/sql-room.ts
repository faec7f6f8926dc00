/** A waiting room in the SQLite of a Durable Object. */

import { countLines, wholeLines } from "../lines.ts";
import type { Batch, WaitingRoom } from "../waiting-room.ts";

/** As far as it is used; everything is synchronous, and stored before the object answers anybody. */
export interface Sql {
  exec(statement: string, ...values: unknown[]): { toArray(): Record<string, unknown>[] };
}

interface Row {
  id: number;
  lines: ArrayBuffer;
  events: number;
}

export class SqlRoom implements WaitingRoom {
  readonly lost = 0;
  readonly replayed = 0;
  readonly isDurable = true;
  readonly #sql: Sql;
  readonly #bytesMax: number;
  #bytes: number;
  #events: number;

  constructor(sql: Sql, bytesMax: number) {
    this.#sql = sql;
    this.#bytesMax = bytesMax;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS chunks (id INTEGER PRIMARY KEY AUTOINCREMENT, lines BLOB NOT NULL, " +
        "events INTEGER NOT NULL, kept_at INTEGER NOT NULL)",
    );
    const [sums] = sql.exec("SELECT sum(length(lines)) AS bytes, sum(events) AS events FROM chunks").toArray();
    this.#bytes = Number(sums?.["bytes"] ?? 0);
    this.#events = Number(sums?.["events"] ?? 0);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get events(): number {
    return this.#events;
  }

  get oldestAt(): number | undefined {
    if (this.#events === 0) return undefined;
    const [row] = this.#sql.exec("SELECT kept_at FROM chunks ORDER BY id LIMIT 1").toArray();
    return row === undefined ? undefined : Number(row["kept_at"]);
  }

  roomBytes(): number {
    return Math.max(this.#bytesMax - this.#bytes, 0);
  }

  keep(lines: Uint8Array, events: number, now: number): boolean {
    if (lines.length > this.roomBytes()) return false;
    this.#sql.exec("INSERT INTO chunks (lines, events, kept_at) VALUES (?, ?, ?)", lines.slice().buffer, events, now);
    this.#bytes += lines.length;
    this.#events += events;
    return true;
  }

  first(bytesMax: number): Batch | undefined {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    let events = 0;
    for (const row of this.#oldest()) {
      const lines = new Uint8Array(row.lines);
      if (bytes > 0 && bytes + lines.length > bytesMax) break;
      const piece = lines.subarray(0, wholeLines(lines, bytesMax));
      pieces.push(piece);
      bytes += piece.length;
      events += piece.length === lines.length ? row.events : countLines(piece);
      if (piece.length < lines.length) break;
    }
    const body = new Uint8Array(bytes);
    let offset = 0;
    for (const piece of pieces) {
      body.set(piece, offset);
      offset += piece.length;
    }
    return events > 0 ? { body, events } : undefined;
  }

  remove({ body, events }: Batch): void {
    let bytes = body.length;
    let left = events;
    for (const row of this.#oldest()) {
      if (row.lines.byteLength > bytes) {
        const rest = row.lines.slice(bytes);
        if (bytes > 0)
          this.#sql.exec("UPDATE chunks SET lines = ?, events = ? WHERE id = ?", rest, row.events - left, row.id);
        break;
      }
      bytes -= row.lines.byteLength;
      left -= row.events;
      this.#sql.exec("DELETE FROM chunks WHERE id = ?", row.id);
    }
    this.#bytes -= body.length;
    this.#events -= events;
  }

  close(): void {}

  /** More than a batch ever holds would only be read in vain. */
  #oldest(): Row[] {
    return this.#sql.exec("SELECT id, lines, events FROM chunks ORDER BY id LIMIT 64").toArray() as unknown as Row[];
  }
}
