export interface Postgres {
  /** Names a database that is there. */
  url: string;
  port: number;
  /** Rows of text. */
  run(sql: string, database?: string): string[][];
  /** A transaction that has run `sql` and stays open, with its locks, until `release`. */
  hold(sql: string, database?: string): Promise<{ release(): Promise<void> }>;
  start(): Promise<void>;
  /** As a crash: nothing is written down in order. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export function startPostgres(): Promise<Postgres>;
