import {
  breadcrumbsSection,
  copyButton,
  errorSection,
  idsSection,
  pairsSection,
  rawSection,
  remarksSection,
  type IdName,
} from "./detail-sections.js";
import { button, byId, element } from "./dom.js";
import { formatAge, formatWholeTime } from "./format.js";
import type { LogEvent } from "./types.js";

interface DetailHandlers {
  onShowAll(name: IdName, value: string): void;
  onClose(eventId: string): void;
}

/** The drawer with everything that is known of one event. Its address ends in `#<event_id>`, so it can be sent on. */
export class EventDetail {
  #dialog = byId<HTMLDialogElement>("detail");
  #handlers: DetailHandlers;
  #eventId = "";

  constructor(handlers: DetailHandlers) {
    this.#handlers = handlers;
    this.#dialog.addEventListener("close", () => {
      history.replaceState(null, "", location.pathname + location.search);
      this.#handlers.onClose(this.#eventId);
    });
    // A click beside the drawer lands on the dialog itself, its backdrop.
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
  }

  get isOpen(): boolean {
    return this.#dialog.open;
  }

  open(event: LogEvent): void {
    this.#eventId = event.event_id;
    history.replaceState(null, "", `${location.pathname}${location.search}#${event.event_id}`);
    this.#dialog.replaceChildren(this.#head(event), this.#body(event));
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#dialog.scrollTop = 0;
  }

  #head(event: LogEvent): HTMLElement {
    const close = button("Close", () => this.#dialog.close(), { class: "close" });
    const time = element(
      "time",
      { datetime: event.timestamp },
      `${formatWholeTime(event.timestamp)} (${formatAge(event.timestamp)})`,
    );
    const title = element("h2", { id: "detail-title" }, event.message);
    title.tabIndex = -1;
    title.autofocus = true;
    return element(
      "header",
      { class: "detail-head" },
      element(
        "div",
        { class: "detail-bar" },
        element("span", { class: "badge", data: { level: event.level } }, event.level),
        time,
        copyButton(location.href, "a link to this event", "Copy link"),
        close,
      ),
      title,
    );
  }

  #body(event: LogEvent): HTMLElement {
    const facts = {
      service: event.service,
      environment: event.environment,
      release: event.release || "none given",
      component: event.component,
      route: event.route,
      count: event.count && event.count > 1 ? `stands for ${event.count} identical events` : undefined,
      received: event.received_at && formatWholeTime(event.received_at),
    };
    const langgraph = Object.fromEntries(
      ["run_id", "graph_id", "node", "status", "duration_ms", "job_id", "customer_id", "payload"].map((name) => [
        name,
        event[name],
      ]),
    );
    const closeAndShow = (name: IdName, value: string): void => {
      this.#dialog.close();
      this.#handlers.onShowAll(name, value);
    };
    const sections = [
      errorSection(event),
      remarksSection(event),
      pairsSection("Where", facts),
      breadcrumbsSection(event),
      pairsSection("Request", event.http),
      pairsSection("Device", event.device),
      pairsSection("Data", event.data),
      pairsSection("Tags", event.tags),
      pairsSection("Workflow", langgraph),
      pairsSection("Support", event.support),
      idsSection(event, closeAndShow),
    ].filter((section) => section !== null);
    return element("div", { class: "detail-body" }, ...sections, rawSection(event));
  }
}
