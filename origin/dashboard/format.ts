const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const clockShort = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long", hourCycle: "h23" });
const counts = new Intl.NumberFormat();

export const formatCount = (count: number): string => counts.format(count);

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

export function formatMinute(ms: number): string {
  return clockShort.format(ms);
}

/** `14:03:22` for today, `Nov 20, 14:03:22` else. */
export function formatTime(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return text;
  const isToday = time.toDateString() === new Date().toDateString();
  return isToday ? clock.format(time) : `${day.format(time)}, ${clock.format(time)}`;
}

export function formatWholeTime(text: string): string {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? text : whole.format(time);
}

/** `just now`, `5 min ago`, `3 h ago`, `2 days ago`. */
export function formatAge(text: string, nowMs = Date.now()): string {
  const minutes = Math.floor((nowMs - new Date(text).getTime()) / 60_000);
  if (Number.isNaN(minutes)) return text;
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}

export const shorten = (text: string, kept = 8): string => (text.length > kept + 1 ? `${text.slice(0, kept)}…` : text);
