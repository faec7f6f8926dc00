/** The Durable Object: keeps lines in its SQLite, and forwards them by its alarm, which outlives it. */

import type { Environment } from "../environment.ts";
import { Forwarder, forwarderDefaults } from "../forwarder.ts";
import { countLines } from "../lines.ts";
import { receiverOf } from "../receivers/receivers.ts";
import { spoolBytesOf } from "../waiting-room.ts";
import type { DurableState } from "./durable-sink.ts";
import { SqlRoom, type Sql } from "./sql-room.ts";

interface State {
  storage: {
    sql: Sql;
    getAlarm(): Promise<number | null>;
    setAlarm(atMs: number): Promise<void>;
  };
}

/** An alarm may run for 15 minutes; one that goes on longer than this is continued by the next. */
const alarmMsMax = 60_000;

export class MaydaySpool {
  readonly #state: State;
  readonly #environment: Environment;
  readonly #room: SqlRoom;
  #forwarder: Forwarder | undefined;

  constructor(state: State, environment: Environment) {
    this.#state = state;
    this.#environment = environment;
    this.#room = new SqlRoom(state.storage.sql, spoolBytesOf(environment));
    state.storage.sql.exec("CREATE TABLE IF NOT EXISTS receiver (name TEXT PRIMARY KEY)");
  }

  /** `POST /<receiver>` with lines, answered when they are stored or, with 503, are not; anything else asks for the state. */
  async fetch(request: Request): Promise<Response> {
    const forwarder = this.#forwarderTo(new URL(request.url).pathname.slice(1));
    const lines = new Uint8Array(await request.arrayBuffer());
    const isKept = lines.length === 0 || forwarder.keep(lines, countLines(lines));
    if (this.#room.events > 0 && (await this.#state.storage.getAlarm()) === null)
      await this.#state.storage.setAlarm(Date.now() + forwarderDefaults.batchWaitMs);
    const { pending, stalledMs } = forwarder.state();
    return Response.json({ pending, stalledMs } satisfies DurableState, { status: isKept ? 200 : 503 });
  }

  async alarm(): Promise<void> {
    const [row] = this.#state.storage.sql.exec("SELECT name FROM receiver").toArray();
    if (row === undefined) return;
    const forwarder = this.#forwarderTo(row["name"] as string);
    const until = Date.now() + alarmMsMax;
    let wait: number | undefined = 0;
    while (wait === 0 && Date.now() < until) wait = await forwarder.step();
    if (wait !== undefined) await this.#state.storage.setAlarm(Date.now() + wait);
  }

  /** One object has one receiver. An alarm is not told which, so it is written down. */
  #forwarderTo(name: string): Forwarder {
    if (this.#forwarder) return this.#forwarder;
    const receiver = receiverOf(name, this.#environment);
    if (!receiver) throw new Error(`there is no receiver ${name}`);
    this.#state.storage.sql.exec("INSERT OR IGNORE INTO receiver (name) VALUES (?)", name);
    this.#forwarder = new Forwarder({ ...forwarderDefaults, receiver, room: this.#room });
    return this.#forwarder;
  }
}
