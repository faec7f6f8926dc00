import { get, ApiError, send } from "./api.js";
import { button, byId, element } from "./dom.js";
import { formatTime } from "./format.js";
import { showAccount } from "./session.js";

interface ErrorPattern {
  hash: string;
  fingerprint: string | null;
  type: string;
  message?: string;
  page: string;
  action: string;
  count: number;
  affected_users?: number;
  last_seen: string;
  status: "open" | "resolved" | "reopened";
}
interface Alert {
  kind: string;
  message: string;
  at: string;
  fingerprint: string | null;
}
interface StrugglingUser {
  user_id: string;
  errors: number;
  blocked: number;
  last_seen: string;
}
interface UserError {
  id: string;
  timestamp: string;
  error: { message: string; type: string };
  context: { page: string; action: string };
  impact: { severity: string; userBlocked: boolean };
}

const everyMs = 30_000;
type Cell = Node | string;

/** A table, or a sentence where there is nothing to put into it. */
function show(id: string, heads: string[], rows: Cell[][], nothing: string): void {
  const place = byId(id);
  if (rows.length === 0) return place.replaceChildren(element("p", { class: "nothing quiet" }, nothing));
  const head = element("tr", {}, ...heads.map((text) => element("th", { scope: "col" }, text)));
  const body = rows.map((cells) => element("tr", {}, ...cells.map((cell) => element("td", {}, cell))));
  place.replaceChildren(
    element("table", { class: "ops-table" }, element("thead", {}, head), element("tbody", {}, ...body)),
  );
}

const time = (text: string): HTMLElement => element("time", { datetime: text, title: text }, formatTime(text));
const code = (text: string): HTMLElement => element("code", { title: text }, text);
const link = (text: string, query: Record<string, string>): HTMLElement =>
  element("a", { href: `/?${new URLSearchParams({ range: "24h", ...query })}` }, text);
const badge = (text: string): HTMLElement => element("span", { class: "badge", data: { kind: text } }, text);

function what(pattern: ErrorPattern): Cell {
  const text = pattern.message ?? (pattern.type === "unknown" ? "various errors" : `${pattern.type} errors`);
  return pattern.fingerprint ? link(text, { fingerprint: pattern.fingerprint }) : text;
}

function resolver(pattern: ErrorPattern): Cell {
  const { fingerprint } = pattern;
  if (!fingerprint || pattern.status === "resolved") return "";
  const resolve = async (): Promise<void> => {
    await send(`/api/v1/errors/${fingerprint}/resolve`, {});
    await load();
  };
  return button("Resolve", () => void resolve().catch(showProblem), {
    class: "small",
    aria: { label: `Resolve ${pattern.message ?? fingerprint}` },
  });
}

function showPatterns(patterns: ErrorPattern[]): void {
  const rows = patterns.map((pattern) => [
    badge(pattern.status),
    what(pattern),
    [pattern.page, pattern.action].filter(Boolean).join(" · "),
    String(pattern.count),
    pattern.affected_users === undefined ? "" : String(pattern.affected_users),
    time(pattern.last_seen),
    resolver(pattern),
  ]);
  const heads = ["Status", "What", "Where", "Count", "Users", "Last seen", ""];
  show("patterns", heads, rows, "Nothing has failed three times in this time range.");
  byId("patterns-status").textContent = rows.length > 0 ? `${rows.length} shown` : "";
}

const showAlerts = (alerts: Alert[]): void =>
  show(
    "alerts",
    ["Kind", "What", "When"],
    alerts.map(({ kind, message, fingerprint, at }) => [
      badge(kind),
      fingerprint ? link(message, { fingerprint }) : message,
      time(at),
    ]),
    "No alerts so far.",
  );

const showStruggling = (users: StrugglingUser[]): void =>
  show(
    "struggling",
    ["User", "Errors", "Blocked", "Last"],
    users.map(({ user_id, errors, blocked, last_seen }) => [
      element("a", { href: `/?${new URLSearchParams({ user_id })}` }, code(`${user_id.slice(0, 12)}…`)),
      String(errors),
      String(blocked),
      time(last_seen),
    ]),
    "Nobody, as far as we know.",
  );

const showImpact = (errors: UserError[]): void =>
  show(
    "impact",
    ["Severity", "What", "Where", "When"],
    errors.map(({ id, error, context, impact, timestamp }) => [
      badge(impact.severity),
      element("a", { href: `/#${id}` }, error.message),
      [context.page, context.action].filter(Boolean).join(" · "),
      time(timestamp),
    ]),
    "No such errors in this time range.",
  );

function showProblem(error: unknown): void {
  const problem = byId("problem");
  problem.hidden = error === null;
  if (error === null) return;
  problem.textContent = error instanceof ApiError ? error.message : `The page failed: ${String(error)}`;
}

async function load(): Promise<void> {
  const range = `time_range=${byId<HTMLSelectElement>("range").value}`;
  // The first alone: where nobody is signed in, one sign-in is enough.
  showPatterns((await get<{ patterns: ErrorPattern[] }>(`/api/v1/errors/patterns?${range}`)).patterns);
  const [alerts, struggling, impact] = await Promise.all([
    get<{ alerts: Alert[] }>("/api/v1/alerts?limit=20"),
    get<{ users: StrugglingUser[] }>("/api/v1/errors/struggling-users"),
    get<{ errors: UserError[] }>(`/api/v1/errors/impact/high?limit=20&${range}`),
  ]);
  showAlerts(alerts.alerts);
  showStruggling(struggling.users);
  showImpact(impact.errors);
  showProblem(null);
}

/** Hands the pack over as a file, under the name that it gives itself. */
async function exportPack(form: HTMLFormElement): Promise<void> {
  const data = new FormData(form);
  const text = (name: string): string => String(data.get(name) ?? "").trim();
  const order = {
    ...(text("sessionId") ? { sessionId: text("sessionId") } : {}),
    ...(text("traceId") ? { traceId: text("traceId") } : {}),
    includeConfig: data.has("includeConfig"),
  };
  const pack = (await send("/api/ops/support-pack", order)) as { packId: string };
  const file = new Blob([JSON.stringify(pack, null, 2)], { type: "application/json" });
  const address = URL.createObjectURL(file);
  const anchor = element("a", { href: address });
  anchor.download = `${pack.packId}.json`;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  byId("pack-status").textContent = `${pack.packId}.json, ${Math.ceil(file.size / 1024)} KB`;
}

byId<HTMLFormElement>("pack").addEventListener("submit", (event) => {
  event.preventDefault();
  exportPack(event.currentTarget as HTMLFormElement).then(() => showProblem(null), showProblem);
});
byId("range").addEventListener("change", () => void load().catch(showProblem));
void load()
  .catch(showProblem)
  .then(() => showAccount());
setInterval(() => {
  if (!document.hidden) load().catch(showProblem);
}, everyMs);
