/** One line: what it says, whether it is wanted, and how it is shown. */

const graveness = { error: 3, warn: 2, info: 1, debug: 0 };
const colors = { error: 31, warn: 33, info: 36, debug: 90 };

/** Nothing for what is no JSON object: half a line, at the moment it is written. */
export function readLine(text) {
  try {
    const event = JSON.parse(text);
    if (typeof event !== "object" || event === null || Array.isArray(event)) return undefined;
    const time = Date.parse(event.timestamp ?? event.received_at ?? event.time);
    return { text, event, time: Number.isNaN(time) ? 0 : time };
  } catch {
    return undefined;
  }
}

export function makeFilter({ level, session }) {
  const least = level === undefined ? -1 : graveness[level];
  return ({ event }) =>
    (level === undefined || (graveness[event.level] ?? -1) >= least) &&
    (session === undefined || event.session_id === session);
}

/** What could drive a terminal or forge a line is shown as its escape: the text came from somebody's browser. */
const harmless = (text) =>
  String(text).replace(
    // eslint-disable-next-line no-control-regex
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

function forPeople({ event }) {
  const level = Object.hasOwn(colors, event.level) ? event.level : "info";
  const request =
    event.method === undefined ? "" : `${event.method} ${event.path ?? event.url ?? ""} ${event.status ?? ""}`;
  const where = [event.service, event.component, event.route, event.session_id].filter(Boolean).map(harmless).join(" ");
  const shown = harmless(event.message ?? request);
  return `${harmless(event.timestamp ?? event.time ?? "")} \u001b[${colors[level]}m${level.padEnd(5)}\u001b[0m ${shown} \u001b[90m${where}\u001b[0m`;
}

export function makePrinter(out) {
  const format = out.isTTY ? forPeople : ({ text }) => text;
  return (line) => {
    if (out.write(`${format(line)}\n`)) return undefined;
    return new Promise((resolve) => out.once("drain", resolve));
  };
}
