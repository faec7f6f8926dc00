import { element } from "./dom.js";
import { formatCount, formatTime, formatWholeTime, shorten } from "./format.js";
import type { LogEvent } from "./types.js";

const columns = ["Time", "Level", "Message", "Route", "Where", "Count", "Session"];

function toCells(event: LogEvent): HTMLTableCellElement[] {
  const where = [event.service, event.environment, event.release].filter(Boolean).join(" · ");
  const count = event.count ?? 1;
  return [
    element(
      "td",
      { class: "time" },
      element(
        "time",
        { datetime: event.timestamp, title: formatWholeTime(event.timestamp) },
        formatTime(event.timestamp),
      ),
    ),
    element("td", { class: "level" }, element("span", { class: "badge", data: { level: event.level } }, event.level)),
    element(
      "td",
      { class: "message" },
      element("span", { class: "message-text", title: event.message }, event.message),
      event.error?.type ? element("span", { class: "error-type" }, event.error.type) : null,
    ),
    element("td", { class: "route", title: event.route ?? "" }, event.route ?? ""),
    element("td", { class: "where", title: where }, where),
    element(
      "td",
      { class: "count" },
      count > 1 ? element("span", { title: `Stands for ${count} identical events` }, `×${formatCount(count)}`) : "",
    ),
    element("td", { class: "session", title: event.session_id ?? "" }, shorten(event.session_id ?? "")),
  ];
}

/** The list of events. One row is in the tab order; arrows move, Enter opens. */
export class EventTable {
  #body = element("tbody");
  #rows = new Map<string, HTMLTableRowElement>();
  #events = new Map<string, LogEvent>();
  #table: HTMLTableElement;
  #onOpen: (event: LogEvent) => void;

  constructor(holder: HTMLElement, onOpen: (event: LogEvent) => void) {
    this.#onOpen = onOpen;
    const heads = columns.map((name) => element("th", { scope: "col", class: name.toLowerCase() }, name));
    this.#table = element(
      "table",
      { class: "event-table", aria: { describedby: "events-status", labelledby: "events-title" } },
      element("thead", {}, element("tr", {}, ...heads)),
      this.#body,
    );
    holder.replaceChildren(this.#table);
    this.#body.addEventListener("click", (event) => this.#open(this.#rowOf(event.target)));
    this.#body.addEventListener("keydown", (event) => this.#onKey(event));
    this.#body.addEventListener("focusin", (event) => this.#keepInTabOrder(this.#rowOf(event.target)));
  }

  /** Shows `events` in their order. Rows that were there stay, with the focus and the selection. */
  show(events: LogEvent[], fresh: ReadonlySet<string> = new Set()): void {
    const rows = events.map((event) => {
      const row = this.#rows.get(event.event_id) ?? this.#makeRow(event);
      row.classList.toggle("fresh", fresh.has(event.event_id));
      return row;
    });
    const focused = this.#rowOf(document.activeElement);
    this.#rows = new Map(events.map((event, index) => [event.event_id, rows[index]!]));
    this.#events = new Map(events.map((event) => [event.event_id, event]));
    this.#place(rows);
    if (focused?.isConnected) focused.focus({ preventScroll: true });
    if (!this.#body.querySelector('tr[tabindex="0"]')) rows[0]?.setAttribute("tabindex", "0");
    this.#table.hidden = events.length === 0;
  }

  focusRow(eventId: string): void {
    this.#rows.get(eventId)?.focus({ preventScroll: true });
  }

  /** Moves only what is not in its place: a live event costs one insertion, not a table. */
  #place(rows: HTMLTableRowElement[]): void {
    const wanted = new Set(rows);
    for (const row of [...this.#body.rows]) if (!wanted.has(row)) row.remove();
    let at = this.#body.firstElementChild;
    for (const row of rows) {
      if (row === at) {
        at = at.nextElementSibling;
      } else {
        this.#body.insertBefore(row, at);
      }
    }
  }

  #makeRow(event: LogEvent): HTMLTableRowElement {
    const row = element(
      "tr",
      { data: { eventId: event.event_id, level: event.level }, aria: { haspopup: "dialog" } },
      ...toCells(event),
    );
    row.tabIndex = -1;
    return row;
  }

  #rowOf(target: EventTarget | null): HTMLTableRowElement | null {
    const row = target instanceof Element ? target.closest("tr") : null;
    return row && row.parentElement === this.#body ? row : null;
  }

  #keepInTabOrder(row: HTMLTableRowElement | null): void {
    if (!row) return;
    for (const other of this.#body.querySelectorAll('tr[tabindex="0"]')) other.setAttribute("tabindex", "-1");
    row.tabIndex = 0;
  }

  #open(row: HTMLTableRowElement | null): void {
    const event = row?.dataset.eventId && this.#events.get(row.dataset.eventId);
    if (!row || !event || getSelection()?.toString()) return;
    row.focus({ preventScroll: true });
    this.#onOpen(event);
  }

  #onKey(event: KeyboardEvent): void {
    const row = this.#rowOf(event.target);
    if (!row) return;
    const moves: Record<string, Element | null> = {
      ArrowDown: row.nextElementSibling,
      ArrowUp: row.previousElementSibling,
      j: row.nextElementSibling,
      k: row.previousElementSibling,
      Home: this.#body.firstElementChild,
      End: this.#body.lastElementChild,
    };
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.#open(row);
    } else if (event.key in moves && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      (moves[event.key] as HTMLElement | null)?.focus();
    }
  }
}
