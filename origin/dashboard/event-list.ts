import { fits, type Filters } from "./filters.js";
import type { LogEvent } from "./types.js";

/** More rows than this make the page slow; the oldest go, and "load older" brings them back. */
export const listEventsMax = 2_000;

const timeOf = (event: LogEvent): number => Date.parse(event.timestamp);

/** What the table shows, newest first, and what has come in meanwhile and waits to be shown. */
export class EventList {
  shown: LogEvent[] = [];
  waiting: LogEvent[] = [];
  #known = new Set<string>();

  replace(events: LogEvent[]): void {
    this.#known = new Set(events.map((event) => event.event_id));
    this.shown = events;
    this.waiting = [];
  }

  addOlder(events: LogEvent[]): void {
    this.shown = [...this.shown, ...this.#unknown(events)];
  }

  /** Takes the live events that fit the filters; answers how many. They wait until `showWaiting`. */
  addLive(events: LogEvent[], filters: Filters): number {
    const added = this.#unknown(events.filter((event) => fits(event, filters)));
    this.waiting = [...this.waiting, ...added].slice(-listEventsMax);
    return added.length;
  }

  /** Moves what waits into the list; answers the moved ones' ids. True in `isCut` where the oldest had to go. */
  showWaiting(): { ids: Set<string>; isCut: boolean } {
    const ids = new Set(this.waiting.map((event) => event.event_id));
    // Stable: events of one millisecond stay in the order in which they came.
    const merged = [...this.waiting.reverse(), ...this.shown].sort((a, b) => timeOf(b) - timeOf(a));
    this.waiting = [];
    this.shown = merged.slice(0, listEventsMax);
    for (const event of merged.slice(listEventsMax)) this.#known.delete(event.event_id);
    return { ids, isCut: merged.length > listEventsMax };
  }

  #unknown(events: LogEvent[]): LogEvent[] {
    const unknown = events.filter((event) => !this.#known.has(event.event_id));
    for (const event of unknown) this.#known.add(event.event_id);
    return unknown;
  }
}
