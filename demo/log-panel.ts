/** The panel beside the buttons: each event's way from capture to delivery, as the logger reports it. */
import type { Report } from "mayday";
import { at, make } from "./elements.ts";

/** Rows on the page; the oldest goes first. */
const rowsMax = 50;

interface Row {
  message: string;
  component: string;
  steps: HTMLElement;
  folded: number;
  foldedChip?: HTMLElement;
  sent: boolean;
  item: HTMLElement;
}

const rows: Row[] = [];
const totals = { waiting: 0, sent: 0, folded: 0, dropped: 0, requests: 0 };
let dashboard = "";
let drawing = false;

/** Links each delivered event to its page on the dashboard at `url`. */
export function showDashboard(url: string): void {
  dashboard = url.replace(/\/$/, "");
  Object.assign(at<HTMLAnchorElement>("dashboard"), { href: dashboard, hidden: false });
}

/** What `init({ onReport })` is given. */
export function showReport(report: Report): void {
  if (report.what === "queued") {
    totals.waiting = report.waiting;
    addRow(report.event.message, report.event.component ?? "", report.event.level ?? "info");
  } else if (report.what === "folded") {
    totals.folded++;
    const row = rows.find((each) => each.component === report.component);
    if (row) row.folded++;
  } else if (report.what === "dropped") {
    totals.dropped++;
  } else if (report.what === "sent") {
    totals.requests++;
    totals.waiting = report.waiting;
    totals.sent += report.accepted;
    showSent(report);
  } else {
    addRow(`The logger could not start: ${report.error}`, "mayday", "error");
  }
  draw();
}

function showSent(report: Extract<Report, { what: "sent" }>): void {
  const delivered = report.status >= 200 && report.status < 300;
  for (const event of report.events) {
    // Oldest first, as they were sent. The message is redacted now; its first word is what it was.
    const row =
      [...rows].reverse().find((each) => !each.sent && alike(each.message, event.message)) ??
      rows.find((each) => alike(each.message, event.message));
    if (!row) continue;
    if (!delivered) {
      addStep(row, "failed", report.status ? `refused, ${report.status}` : "no answer, kept");
      continue;
    }
    const text =
      event.count && event.count > 1
        ? `sent ${report.status}, for ${event.count.toLocaleString("en")}`
        : `sent ${report.status}`;
    addStep(row, "sent", text);
    row.sent = true;
    row.item.querySelector(".message")!.textContent = event.message;
    row.item.append(whereIs(event.event_id));
  }
}

function alike(captured: string, sent: string): boolean {
  return captured === sent || captured.slice(0, 16) === sent.slice(0, 16);
}

function whereIs(eventId: string): HTMLElement {
  const where = make("p", "where");
  if (!dashboard) where.textContent = eventId;
  else
    where.append(
      Object.assign(make("a", "", eventId), { href: `${dashboard}/#${eventId}`, target: "_blank", rel: "noopener" }),
    );
  return where;
}

function addRow(message: string, component: string, level: string): void {
  const item = make("li");
  const steps = make("ol", "steps");
  item.append(make("p", "message", message), steps);
  const row: Row = { message, component, steps, folded: 0, sent: false, item };
  addStep(row, level, `${level}: ${component}`);
  addStep(row, "queued", "queued");
  rows.unshift(row);
  at("log").prepend(item);
  at("empty").hidden = true;
  if (rows.length > rowsMax) rows.pop()!.item.remove();
}

function addStep(row: Row, kind: string, text: string): HTMLElement {
  const step = make("li");
  const chip = make("span", `chip ${kind}`, text);
  step.append(chip);
  row.steps.append(step);
  return chip;
}

/** At most once a frame: a storm reports ten thousand times. */
function draw(): void {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    for (const [name, value] of Object.entries(totals)) at(`count-${name}`).textContent = value.toLocaleString("en");
    for (const row of rows) {
      if (!row.folded) continue;
      row.foldedChip ??= addStep(row, "folded", "");
      row.foldedChip.textContent = `folded ${row.folded.toLocaleString("en")}`;
    }
  });
}
