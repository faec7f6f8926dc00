/**
 * Where events wait that could not be delivered, through reloads and outages: IndexedDB, shared by the tabs of an origin.
 * An event's key is its id, a UUIDv7, so that the order of keys is the order of age.
 *
 * A page that is left has no time for a transaction: browsers abort what a document began that is gone. It leaves a parcel in
 * localStorage, which is written at once, and the next transaction of any page brings it in. Where there is none, because
 * IndexedDB is not there or does not answer, parcels are sent from where they are, and go when they were delivered.
 */

import type { Ways } from "./state.ts";

/** An event as it left the module. */
export interface Spooled {
  event_id: string;
  message: string;
  count?: number;
}

interface Entry {
  event: Spooled;
  /** Nobody takes it before: a tab has it in hand, or a server asked for rest. */
  until: number;
}

const eventsMax = 200;
const ageMsMax = 24 * 3600_000;

/** A tab that takes events has so long to deliver them before another may. Longer than a request can take. */
const leaseMs = 30_000;

/**
 * IndexedDB that takes longer is done without, for now. WebKit keeps the transaction of a page that is gone for good, and
 * everybody else's behind it.
 */
const answerMsMax = 2_000;

/** Where parcels are found. */
const prefix = "mayday.left.";

export class Spool {
  /** Events in it, as far as this page knows. */
  size = 0;
  /** There may be more than that: nobody has looked. */
  isUnseen = true;
  /** When the next that nobody may take yet may be taken. */
  nextAt = 0;
  /** Events can wait here, as far as is known. */
  isOpen = true;
  /** The page was left: WebKit would keep what transaction it begins, and nobody would get another. */
  isGone = false;
  /** Told that there is something now. */
  onParcel?: () => void;
  #database?: IDBDatabase;
  /** Each ends a transaction that is under way. */
  #stops = new Set<() => void>();
  #opened: Promise<unknown>;
  #lost: (count: number) => void;

  /** `lost` is told how many occurrences had to go, for their number or their age. */
  constructor({ listen }: Ways, lost: (count: number) => void) {
    this.#lost = lost;
    // Another page left a parcel, maybe the one before this, after this one had looked.
    listen("storage", ({ key, newValue }: StorageEvent) => {
      if (newValue && key!.startsWith(prefix)) this.#look();
    });
    // Before the transport leaves: what was to be kept is its again by then, and goes into the parcel.
    listen("pagehide", () => {
      this.isGone = true;
      this.#stops.forEach((stop) => stop());
    });
    // Back from the back/forward cache.
    listen("pageshow", () => (this.isGone = false));
    this.#opened = new Promise<void>((resolve) => {
      const none = (): void => {
        this.isOpen = !!this.#database;
        resolve();
      };
      setTimeout(none, answerMsMax);
      try {
        const request = indexedDB.open("mayday", 1);
        request.onupgradeneeded = () => request.result.createObjectStore("events");
        request.onerror = none;
        request.onsuccess = () => {
          const database = (this.#database = request.result);
          // The browser may take it back, when its data are cleared.
          database.onclose = database.onversionchange = () => this.close();
          none();
          this.#look();
        };
      } catch {
        none(); // A private window, a sandboxed frame.
      }
    });
  }

  close(): void {
    this.onParcel = undefined;
    this.#database?.close();
    this.#database = undefined;
    this.isOpen = this.isUnseen = false;
    this.size = 0;
  }

  #look(): void {
    this.isUnseen = true;
    this.nextAt = 0;
    this.onParcel?.();
  }

  /** Keeps events before it returns, where it can: the page may be gone in a moment. False if it can't. */
  leave(events: Spooled[]): boolean | Promise<boolean> {
    try {
      if (events[0]) localStorage.setItem(prefix + events[0].event_id, JSON.stringify(events));
      this.size += events.length;
      this.nextAt = 0;
      return true;
    } catch {
      return this.put(events, 0); // It is full, or a worker has none.
    }
  }

  /** Keeps events; false if it can't. */
  async put(events: Spooled[], until: number): Promise<boolean> {
    this.size += events.length;
    this.nextAt = 0;
    const done = await this.#run((store) => {
      for (const event of events) store.put({ event, until }, event.event_id);
    });
    // Counts what is there now, and lets go what is too much.
    if (done) await this.claim(0);
    else this.size -= events.length;
    return done;
  }

  /** Takes at most `max` of the oldest that are not `inHand`: they stay, and no other tab takes them for a while. */
  async claim(max: number, inHand?: Set<string>): Promise<Spooled[]> {
    await this.#opened;
    const now = Date.now();
    const oldest = (now - ageMsMax).toString(16).padStart(12, "0");
    const claimed: Spooled[] = [];
    const done = await this.#run((store) => {
      store.count().onsuccess = ({ target }) => {
        this.size = (target as IDBRequest<number>).result;
        this.isUnseen = false;
        this.nextAt = Infinity;
        let excess = this.size - eventsMax;
        store.openCursor().onsuccess = ({ target }) => {
          const cursor = (target as IDBRequest<IDBCursorWithValue | null>).result;
          if (!cursor) return;
          const { event, until } = cursor.value as Entry;
          if (excess-- > 0 || event.event_id.replace("-", "") < oldest) {
            this.size--;
            cursor.delete();
            this.#lost(event.count ?? 1);
          } else if (until <= now && claimed.length < max && !inHand?.has(event.event_id)) {
            claimed.push(event);
            cursor.update({ event, until: now + leaseMs });
          } else this.nextAt = Math.min(this.nextAt, until);
          cursor.continue();
        };
      };
    });
    if (done) return claimed;
    // Out of parcels, which can't say that somebody has them in hand.
    const left = parcelsLeft().flatMap(([, events]) => events);
    const seen = new Set(inHand);
    const free = left.filter(({ event_id }) => !seen.has(event_id) && seen.add(event_id));
    this.size = left.length;
    this.isUnseen = this.isOpen;
    this.nextAt = free[0] ? 0 : now + leaseMs;
    return free.slice(0, max);
  }

  /** Forgets what was delivered. */
  remove(events: Spooled[]): void {
    this.size -= events.length;
    const ids = new Set(events.map(({ event_id }) => event_id));
    for (const [key, left] of parcelsLeft()) {
      const rest = left.filter(({ event_id }) => !ids.has(event_id));
      if (rest[0]) localStorage[key] = JSON.stringify(rest);
      else localStorage.removeItem(key);
    }
    void this.#run((store) => {
      for (const id of ids) store.delete(id);
    });
  }

  /** True if all that `work` asked for has been done. */
  #run(work: (store: IDBObjectStore) => void): Promise<boolean> {
    return new Promise((resolve) => {
      try {
        if (this.isGone) return resolve(false);
        const transaction = this.#database!.transaction("events", "readwrite");
        const stop = (): void => {
          clearTimeout(late);
          this.#stops.delete(stop);
          resolve(false);
          try {
            transaction.abort();
          } catch {
            // It has ended.
          }
        };
        const late = setTimeout(stop, answerMsMax);
        this.#stops.add(stop);
        const store = transaction.objectStore("events");
        const parcels = parcelsLeft();
        for (const [, events] of parcels) for (const event of events) store.put({ event, until: 0 }, event.event_id);
        transaction.oncomplete = () => {
          for (const [key] of parcels) localStorage.removeItem(key);
          resolve(true);
          stop();
        };
        transaction.onabort = stop;
        work(store);
      } catch {
        resolve(false);
      }
    });
  }
}

function parcelsLeft(): [key: string, events: Spooled[]][] {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    return keys.map((key) => [key, eventsIn(localStorage[key])]);
  } catch {
    return []; // Denied, or not there in a worker.
  }
}

/** Anybody may have written it: what is no event hides none of the others. */
function eventsIn(parcel: string): Spooled[] {
  try {
    return ([] as any[]).concat(JSON.parse(parcel)).filter((event) => typeof event?.event_id === "string");
  } catch {
    return [];
  }
}
