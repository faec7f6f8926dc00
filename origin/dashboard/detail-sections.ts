import { button, element } from "./dom.js";
import { formatTime, formatWholeTime } from "./format.js";
import type { LogEvent } from "./types.js";

/** A section of the drawer, or nothing where the event has nothing to say there. */
type Section = HTMLElement | null;

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === "";

const toText = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

function section(title: string, ...children: (Node | string | null)[]): HTMLElement {
  return element("section", { class: "detail-section" }, element("h3", {}, title), ...children);
}

function pairs(object: Record<string, unknown> | undefined): HTMLElement | null {
  const filled = Object.entries(object ?? {}).filter(([, value]) => !isEmpty(value));
  if (filled.length === 0) return null;
  const rows = filled.flatMap(([name, value]) => [
    element("dt", {}, name.replaceAll("_", " ")),
    element("dd", {}, toText(value)),
  ]);
  return element("dl", { class: "pairs" }, ...rows);
}

export function pairsSection(title: string, object: Record<string, unknown> | undefined): Section {
  const list = pairs(object);
  return list && section(title, list);
}

export function copyButton(text: string, what: string, title = "Copy"): HTMLButtonElement {
  const made = button(
    title,
    () => {
      void navigator.clipboard.writeText(text).then(
        () => (made.textContent = "Copied"),
        () => (made.textContent = "Not allowed"),
      );
      setTimeout(() => (made.textContent = title), 2_000);
    },
    { class: "small", aria: { label: `Copy ${what}` } },
  );
  return made;
}

export function errorSection(event: LogEvent): Section {
  const { error } = event;
  if (!error) return null;
  const stack = error.stack?.join("\n") ?? "";
  const lines = (error.stack ?? []).map((line) => element("span", { class: "stack-line" }, line));
  return section(
    "Error",
    element(
      "p",
      { class: "error-line" },
      element("strong", {}, error.type ?? "Error"),
      error.message ? `: ${error.message}` : "",
    ),
    stack ? element("div", { class: "code-head" }, "Stack", copyButton(stack, "the stack")) : null,
    stack ? element("pre", { class: "code" }, ...lines) : element("p", { class: "quiet" }, "No stack came with it."),
  );
}

export function breadcrumbsSection(event: LogEvent): Section {
  if (!event.breadcrumbs?.length) return null;
  const items = event.breadcrumbs.map((crumb) =>
    element(
      "li",
      { data: { level: crumb.level ?? "info" } },
      crumb.timestamp
        ? element(
            "time",
            { datetime: crumb.timestamp, title: formatWholeTime(crumb.timestamp) },
            formatTime(crumb.timestamp),
          )
        : null,
      crumb.category ? element("span", { class: "crumb-category" }, crumb.category) : null,
      element("span", { class: "crumb-message" }, crumb.message ?? ""),
    ),
  );
  return section("What happened before", element("ol", { class: "crumbs" }, ...items));
}

const idNames = {
  session_id: "Session",
  trace_id: "Trace",
  request_id: "Request",
  user_id: "User (hashed)",
  fingerprint: "Fingerprint",
  event_id: "Event",
} as const;

export type IdName = keyof typeof idNames;

export function idsSection(event: LogEvent, onShowAll: (name: IdName, value: string) => void): Section {
  const rows = (Object.keys(idNames) as IdName[]).flatMap((name) => {
    const value = event[name];
    if (typeof value !== "string" || value === "") return [];
    const all =
      name === "event_id"
        ? null
        : button("Show all", () => onShowAll(name, value), {
            class: "small",
            aria: { label: `Show all events with this ${idNames[name]}` },
          });
    return [
      element("dt", {}, idNames[name]),
      element(
        "dd",
        {},
        element("code", {}, value),
        element("span", { class: "id-actions" }, copyButton(value, `the ${idNames[name]} id`), all),
      ),
    ];
  });
  return section("Identifiers", element("dl", { class: "pairs ids" }, ...rows));
}

const remarks: Record<string, string> = {
  cut: "was longer than allowed and has been cut",
  "dropped:type": "was left out: it had another type than this field takes",
  "dropped:limit": "was left out: there was more than this field takes",
};

function explain(remark: unknown): string {
  const text = String(remark);
  if (text.startsWith("redacted:"))
    return `contained something private (${text.slice("redacted:".length)}), which was removed`;
  return remarks[text] ?? text;
}

export function remarksSection(event: LogEvent): Section {
  const items = Object.entries(event._meta ?? {}).map(([path, remark]) =>
    element("li", {}, element("code", {}, path), ` ${explain(remark)}.`),
  );
  return items.length === 0 ? null : section("Not as it was sent", element("ul", { class: "remarks" }, ...items));
}

export function rawSection(event: LogEvent): HTMLElement {
  const text = JSON.stringify(event, null, 2);
  return element(
    "details",
    { class: "detail-section raw" },
    element("summary", {}, "Raw JSON"),
    element("div", { class: "code-head" }, "As it is stored", copyButton(text, "the raw JSON")),
    element("pre", { class: "code" }, text),
  );
}
