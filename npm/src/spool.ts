/**
 * Where events wait that could not be delivered, through reloads and outages: IndexedDB, shared by the tabs of an origin.
 * An event's key is its id, a UUIDv7, so that the order of keys is the order of age.
 *
 * A page that is left has no time for a transaction: browsers abort what a document began that is gone. It leaves a parcel in
 * localStorage, which is written at once, and the next transaction of any page brings it in.
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

/** Where parcels are found. */
const prefix = "mayday.left.";

export class Spool {
  /** Events in it, as far as this page knows: at first that there may be some. */
  size = 1;
  /** When the next that nobody may take yet may be taken. */
  nextAt = 0;
  /** Events can wait here, as far as is known. */
  isOpen = true;
  /** Told that there is something now. */
  onParcel?: () => void;
  #database?: IDBDatabase;
  #opened: Promise<unknown>;
  #lost: (count: number) => void;

  /** `lost` is told how many occurrences had to go, for their number or their age. */
  constructor({ listen }: Ways, lost: (count: number) => void) {
    this.#lost = lost;
    // Another page left a parcel, maybe the one before this, after this one had looked.
    listen("storage", ({ key, newValue }: StorageEvent) => {
      if (!newValue || !key!.startsWith(prefix) || !this.isOpen) return;
      this.size++;
      this.nextAt = 0;
      this.onParcel?.();
    });
    this.#opened = new Promise<void>((resolve) => {
      const none = (): void => {
        this.close();
        resolve();
      };
      try {
        const request = indexedDB.open("mayday", 1);
        request.onupgradeneeded = () => request.result.createObjectStore("events");
        request.onerror = none;
        request.onsuccess = () => {
          const database = (this.#database = request.result);
          if (!this.isOpen) database.close();
          // The browser may take it back, when its data are cleared.
          database.onclose = database.onversionchange = () => this.close();
          resolve();
        };
      } catch {
        none(); // A private window, a sandboxed frame.
      }
    });
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
    this.isOpen = false;
    this.size = 0;
  }

  /** Keeps events before it returns: the page may be gone in a moment. */
  leave(events: Spooled[]): void {
    try {
      localStorage.setItem(prefix + events[0]!.event_id, JSON.stringify(events));
      this.size += events.length;
      this.nextAt = 0;
    } catch {
      void this.put(events, 0); // It is full, or a worker has none.
    }
  }

  /** Keeps events; false if it can't. */
  async put(events: Spooled[], until: number): Promise<boolean> {
    const done = this.#run((store) => {
      for (const event of events) store.put({ event, until }, event.event_id);
    });
    this.size += events.length;
    this.nextAt = 0;
    // Counts what is there now, and lets go what is too much.
    if (await done) await this.claim(0);
    return done;
  }

  /** Takes at most `max` of the oldest in hand: they stay, and no other tab takes them for a while. */
  async claim(max: number): Promise<Spooled[]> {
    await this.#opened;
    const now = Date.now();
    const time = (now - ageMsMax).toString(16).padStart(12, "0");
    const oldest = `${time.slice(0, 8)}-${time.slice(8)}`;
    const claimed: Spooled[] = [];
    const done = await this.#run((store) => {
      store.count().onsuccess = ({ target }) => {
        this.size = (target as IDBRequest<number>).result;
        this.nextAt = Infinity;
        let excess = this.size - eventsMax;
        store.openCursor().onsuccess = ({ target }) => {
          const cursor = (target as IDBRequest<IDBCursorWithValue | null>).result;
          if (!cursor) return;
          const { event, until } = cursor.value as Entry;
          if (excess-- > 0 || (cursor.key as string) < oldest) {
            this.size--;
            cursor.delete();
            this.#lost(event.count ?? 1);
          } else if (until <= now && claimed.length < max) {
            claimed.push(event);
            cursor.update({ event, until: now + leaseMs });
          } else this.nextAt = Math.min(this.nextAt, until);
          cursor.continue();
        };
      };
    });
    if (done) return claimed;
    this.size = 0;
    return [];
  }

  /** Forgets what was delivered. */
  remove(events: Spooled[]): void {
    this.size -= events.length;
    void this.#run((store) => {
      for (const { event_id } of events) store.delete(event_id);
    });
  }

  /** True if all that `work` asked for has been done. */
  #run(work: (store: IDBObjectStore) => void): Promise<boolean> {
    return new Promise((resolve) => {
      try {
        const transaction = this.#database!.transaction("events", "readwrite");
        const store = transaction.objectStore("events");
        const parcels = parcelsLeft();
        for (const [, events] of parcels) for (const event of events) store.put({ event, until: 0 }, event.event_id);
        transaction.oncomplete = () => {
          for (const [key] of parcels) localStorage.removeItem(key);
          resolve(true);
        };
        transaction.onabort = () => resolve(false);
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
    return keys.map((key) => [key, JSON.parse(localStorage[key])]);
  } catch {
    return []; // Denied, or not there in a worker.
  }
}
