/**
 * Events of about 1 KB each, like those of a real page: always the same ones, no two alike. They have seven messages in turns, as
 * a page has a few errors and many times of each; or, `isOwn`, each its own, as where a message names an order or a user.
 */

const words = ["cart", "invoice", "session", "profile", "upload", "search", "campaign", "export", "widget", "token"];
const messages = [
  "Cannot read properties of undefined (reading 'total')",
  "Failed to fetch https://api.example.com/v2/items?page=3&sort=asc",
  "Request failed with status code 502",
  "Timeout of 8000 ms exceeded",
  "NetworkError when attempting to fetch resource.",
  "Could not load order for jane.doe@example.com",
  "ResizeObserver loop completed with undelivered notifications.",
];

/** A linear congruential generator: the figures of two runs must be of the same events. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function sampleEvent(seed: number, isOwn = false, now = 1_795_253_400_000): Record<string, unknown> {
  const random = randomFrom(seed + 1);
  const hex = (digits: number): string => Array.from({ length: digits }, () => random(16).toString(16)).join("");
  const word = (): string => words[random(words.length)]!;
  const at = new Date(now - random(60_000)).toISOString();
  const frame = (): string =>
    `    at ${word()}${hex(3)} (https://app.example.com/js/${word()}-${hex(8)}.js:${1 + random(40)}:${random(90_000)})`;
  const known = messages[random(messages.length)]!;
  const message = isOwn ? `${known} (attempt ${(seed * 2_654_435_761) % 1_000_003} of ${words[seed % 10]})` : known;
  return {
    event_id: `${hex(8)}-${hex(4)}-7${hex(3)}-a${hex(3)}-${hex(12)}`,
    timestamp: at,
    level: random(4) === 0 ? "warn" : "error",
    service: "web",
    environment: "prod",
    release: `2.${random(40)}.${random(10)}`,
    message,
    session_id: hex(24),
    component: "window.onerror",
    route: `/${word()}/${word()}/edit`,
    device: { browser: "Chrome", browser_version: "142.0", os: "Windows", mobile: false, viewport: "1440x900" },
    error: { type: "TypeError", message, stack: Array.from({ length: 6 }, frame) },
    breadcrumbs: [{ timestamp: at, category: "ui.click", message: `button#${word()}-save`, level: "info" }],
  };
}

/** `count` bodies of `events` events each. */
export function sampleBodies(count: number, events: number, isOwn = false): string[] {
  return Array.from({ length: count }, (_, body) => {
    const list = Array.from({ length: events }, (_event, index) => sampleEvent(body * events + index, isOwn));
    return JSON.stringify(events === 1 ? list[0] : { events: list });
  });
}
