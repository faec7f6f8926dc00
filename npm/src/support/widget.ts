/** `<mayday-support>`, which comes when it is first needed: a form in the top layer. No markup is ever parsed, and no style is inline. */

import { messageOf } from "./actions.ts";
import { fetchLogs, sendReport, type Report } from "./report.ts";
import css from "./style.css";
import { textsOf } from "./texts.ts";
import type { Host, Opening, RequestLog, SupportOptions, SupportTexts } from "./types.ts";
import type { LogEvent } from "../index.ts";

const messageMax = 4000;

type Child = Node | string;

/** An element with these properties, of which those with a hyphen, and `role`, are attributes. */
function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Record<string, unknown> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties))
    if (/-|^(role|part|for)$/.test(key)) element.setAttribute(key, String(value));
    else (element as unknown as Record<string, unknown>)[key] = value;
  element.append(...children);
  return element;
}

export function isFrench(options: SupportOptions): boolean {
  return /^fr\b/i.test(options.language ?? document.documentElement.lang);
}

/** What a user who meets an error in `action` would write: the team's own sentence, or ours. */
export function prefillOf({ actions = {}, ...options }: SupportOptions, action: string): string {
  const own = Object.hasOwn(actions, action) ? actions[action] : undefined;
  const language = (options.language ?? document.documentElement.lang).slice(0, 2).toLowerCase();
  return (typeof own === "object" ? (own[language] ?? own["en"]) : own) ?? messageOf(action, isFrench(options));
}

/** Which kind of error it is, as the badge says it. */
function kindOf({ error, http, tags }: Partial<LogEvent> = {}): keyof SupportTexts {
  const { type } = error ?? {};
  const status = http?.status ?? Number(tags?.["error.status"]);
  if (type === "NetworkError" || type === "WebSocketError") return "network";
  if (type === "TimeoutError" || status === 408 || status === 504) return "timeout";
  if (status >= 500) return "server";
  if (status === 401 || status === 403) return "permission";
  const told = tags?.["error.type"];
  return told && /^(network|timeout|permission|validation|workflow)$/.test(told)
    ? (told as keyof SupportTexts)
    : "unknown";
}

export class MaydaySupport extends HTMLElement {
  #root = this.attachShadow({ mode: "open" });
  #said = make("p", { className: "said", role: "status" });
  #box?: HTMLElement;
  #host!: Host;
  #texts!: SupportTexts;
  #logs?: RequestLog[] | undefined;
  #action = "";
  /** Sent twice, a report is one ticket. Not everywhere: http pages lack it. */
  #reportId?: string | undefined;
  /** Had the focus before. */
  #before?: Element | null;

  constructor() {
    super();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    this.#root.adoptedStyleSheets = [sheet];
    this.#root.append(this.#said);
  }

  /** What the user has written so far. */
  get message(): string | undefined {
    return this.#box?.querySelector("textarea")?.value;
  }

  show(host: Host, opening: Opening): void {
    this.#host = host;
    this.#texts = textsOf(isFrench(host.options), host.options.texts);
    this.#logs = undefined;
    this.#action = opening.action;
    this.#reportId = crypto.randomUUID?.();
    const wasOpen = !!this.#box;
    this.#box?.remove();
    this.#box = this.#build(opening);
    this.#root.append(this.#box);
    this.#box.showPopover?.();
    if (!wasOpen) this.#before = document.activeElement;
    // Who is writing something goes on writing it, and is told.
    if (opening.isAutomatic && /^(input|textarea|select)$|-/i.test(this.#before?.tagName ?? "")) {
      this.#said.textContent = this.#texts.noticed;
    } else this.#box.querySelector<HTMLElement>("textarea")!.focus();
  }

  close(): void {
    if (!this.#box) return;
    const hadFocus = this.#root.activeElement;
    this.#box.remove();
    this.#box = undefined;
    this.#said.textContent = "";
    if (hadFocus) (this.#before as HTMLElement | null)?.focus?.();
    this.#host.closed();
  }

  /** What the user is shown of their errors has changed. */
  refresh(evidence = this.#host.evidence): void {
    this.#host.evidence = evidence;
    const list = this.#box?.querySelector("dl");
    if (list) list.replaceChildren(...this.#preview());
  }

  #build(opening: Opening): HTMLElement {
    const texts = this.#texts;
    const close = (): void => this.close();
    const cross = make("button", { type: "button", "aria-label": texts.close, onclick: close }, "×");
    const box = make(
      "div",
      { className: "box", part: "box", role: "dialog", popover: "manual", "aria-labelledby": "title" },
      make("header", {}, make("h2", { id: "title" }, texts.title), cross),
      this.#form(opening, close),
    );
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
      // The page's shortcuts are not meant.
      event.stopPropagation();
    });
    return box;
  }

  #form({ message, event, isAutomatic }: Opening, close: () => void): HTMLElement {
    const texts = this.#texts;
    const check = (text: string, onchange: (box: HTMLInputElement) => void): HTMLElement => {
      const box = make("input", { type: "checkbox", onchange: () => onchange(box) });
      return make("label", { className: "check" }, box, text);
    };
    const text = make("textarea", { id: "message", required: true, maxLength: messageMax, value: message });
    const contact = make("input", { id: "contact", autocomplete: "email", maxLength: 200 });
    const preview = make("dl", { tabIndex: 0 }, ...this.#preview());
    const problem = make("p", { className: "problem", role: "alert" });
    const form = make(
      "form",
      {},
      ...(event ? [make("p", { className: "badge", part: "badge" }, texts[kindOf(event)])] : []),
      make("label", { for: "message" }, texts.message),
      text,
      make("label", { for: "contact" }, texts.contact),
      contact,
      check(texts.attach, (box) => void this.#attach(box, problem)),
      make("details", { open: true }, make("summary", {}, texts.preview), preview),
      ...(isAutomatic ? [check(texts.mute, ({ checked }) => this.#host.mute(checked))] : []),
      problem,
      make(
        "footer",
        {},
        make("button", { type: "button", onclick: close }, texts.later),
        make("button", { className: "go", part: "send" }, texts.send),
      ),
    );
    form.addEventListener("submit", (submit) => {
      submit.preventDefault();
      if (form.ariaBusy !== "true") void this.#send(form, problem, text.value, contact.value.trim());
    });
    return form;
  }

  /** All that goes along with the message. */
  #preview(): HTMLElement[] {
    const texts = this.#texts;
    const { evidence, sessionId, userId } = this.#host;
    const requests = (this.#logs ?? []).map(({ timestamp, method, url, statusCode, error = "" }) =>
      [timestamp, method, url, statusCode, error].join(" "),
    );
    const rows: [string, (string | undefined)[]][] = [
      [texts.errors, evidence.map(({ message }) => message)],
      [texts.requests, requests],
      [texts.page, [location.pathname, this.#action]],
      [texts.session, [sessionId, userId]],
    ];
    return rows
      .map(([term, values]) => [
        make("dt", {}, term),
        ...values.flatMap((value) => (value ? make("dd", {}, value) : [])),
      ])
      .flatMap((row) => (row[1] ? row : []));
  }

  async #attach(box: HTMLInputElement, problem: HTMLElement): Promise<void> {
    problem.textContent = "";
    const logs = box.checked ? await fetchLogs(this.#host) : [];
    if (!logs) {
      box.checked = false;
      problem.textContent = this.#texts.noLogs;
    }
    this.#logs = box.checked ? logs : undefined;
    this.refresh();
  }

  async #send(form: HTMLElement, problem: HTMLElement, message: string, contact: string): Promise<void> {
    const { evidence, sessionId, userId, options } = this.#host;
    const report: Report = {
      report_id: this.#reportId,
      message,
      action: this.#action,
      event_ids: evidence.map(({ event_id }) => event_id),
      session_id: sessionId,
      user_id: userId,
      page: location.pathname,
      request_logs: this.#logs,
      contact: contact || undefined,
    };
    form.ariaBusy = "true";
    problem.textContent = "";
    const outcome = await sendReport(this.#host, report);
    form.ariaBusy = "false";
    if (typeof outcome === "number") {
      const { signIn, busy, failed } = this.#texts;
      problem.textContent = outcome === 401 ? signIn : outcome === 429 ? busy : failed;
      return;
    }
    const done = this.#texts.done.replace("{}", String(outcome.number));
    const close = make("button", { className: "go", type: "button", onclick: () => this.close() }, this.#texts.close);
    form.replaceWith(make("p", { role: "status", part: "done" }, done), make("footer", {}, close));
    close.focus();
    options.onTicket?.(outcome);
  }
}
