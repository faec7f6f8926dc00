import { ApiError, fetchEvent, fetchEvents, fetchStats } from "./api.js";
import { byId } from "./dom.js";
import { EventDetail } from "./event-detail.js";
import { EventList } from "./event-list.js";
import { EventTable } from "./event-table.js";
import { FilterForm } from "./filter-form.js";
import { isNarrowerThanRollups, readFilters, toEventQuery, toSearch, toStatsQuery, type Filters } from "./filters.js";
import { showFirstSteps } from "./first-steps.js";
import { plural } from "./format.js";
import { Live, type LiveState } from "./live.js";
import { showPatterns } from "./patterns.js";
import { Plot } from "./plot.js";
import { showAccount } from "./session.js";
import type { LogEvent } from "./types.js";

const statsPauseMs = 2_000;
const statsEveryMs = 30_000;
const topPx = 40;

let filters: Filters = readFilters(location.search);
let next: string | null = null;
let loading = new AbortController();
let isPaused = false;
let statsTimer: ReturnType<typeof setTimeout> | undefined;

const list = new EventList();
const plot = new Plot();
const detail = new EventDetail({
  onShowAll: (name, value) => {
    if (name !== "event_id") applyFilters({ range: filters.range, values: { [name]: value } });
  },
  onClose: (eventId) => table.focusRow(eventId),
});
const table = new EventTable(byId("events"), (event) => detail.open(event));
const form = new FilterForm((changed, isTyping) => applyFilters(changed, isTyping));
const live = new Live({ onEvents: takeLive, onReset: () => void loadAll(), onState: showLiveState });

function applyFilters(changed: Filters, isTyping = false): void {
  const was = toSearch(filters);
  filters = changed;
  const search = toSearch(filters);
  // One step back leaves a search, not its last letter.
  if (search !== was) history[isTyping ? "replaceState" : "pushState"](null, "", location.pathname + search);
  form.show(filters);
  void loadAll();
}

function showProblem(error: unknown): void {
  const problem = byId("problem");
  problem.hidden = error === null;
  if (error !== null)
    problem.textContent = error instanceof ApiError ? error.message : `The page failed: ${String(error)}`;
}

async function loadAll(): Promise<void> {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  byId("events-status").textContent = "Loading";
  try {
    const [page] = await Promise.all([fetchEvents(toEventQuery(filters, Date.now()), signal), loadStats(signal)]);
    next = page.next;
    list.replace(page.events);
    table.show(list.shown);
    showProblem(null);
    showCounts();
    byId("nothing").hidden = true;
    if (list.shown.length === 0) await explainEmpty(signal);
    else showFirstSteps(false);
  } catch (error) {
    if (!signal.aborted) showProblem(error);
  }
}

async function explainEmpty(signal: AbortSignal): Promise<void> {
  const any = await fetchEvents(new URLSearchParams({ limit: "1" }), signal);
  const isFirstTime = any.events.length === 0;
  showFirstSteps(isFirstTime);
  byId("events-status").textContent = isFirstTime ? "No events yet" : "0 events shown";
  byId("nothing").hidden = isFirstTime;
}

async function loadStats(signal: AbortSignal): Promise<void> {
  const stats = await fetchStats(toStatsQuery(filters), signal);
  form.offer(stats.choices);
  plot.show(stats, isNarrowerThanRollups(filters));
  showPatterns(stats.patterns, filters.values.fingerprint, (fingerprint) => {
    const { fingerprint: _, ...values } = filters.values;
    applyFilters({ range: filters.range, values: fingerprint ? { ...values, fingerprint } : values });
  });
}

/** A storm of events asks for one drawing each two seconds, and a quiet time for one each half minute. */
function scheduleStats(afterMs: number): void {
  clearTimeout(statsTimer);
  statsTimer = setTimeout(() => {
    scheduleStats(statsEveryMs);
    if (!document.hidden && !isPaused) loadStats(loading.signal).catch(() => undefined);
  }, afterMs);
}

let isStatsSoon = false;
function takeLive(events: LogEvent[]): void {
  if (list.addLive(events, filters) > 0) {
    const isReading = scrollY > topPx || detail.isOpen;
    if (isReading) showWaitingCount();
    else showWaiting();
  }
  if (isStatsSoon) return;
  isStatsSoon = true;
  setTimeout(() => {
    isStatsSoon = false;
    scheduleStats(0);
  }, statsPauseMs);
}

function showWaitingCount(): void {
  const show = byId<HTMLButtonElement>("show-new");
  show.hidden = list.waiting.length === 0;
  show.textContent = plural(list.waiting.length, "new event");
}

function showWaiting(): void {
  const { ids, isCut } = list.showWaiting();
  const last = list.shown.at(-1);
  table.show(list.shown, ids);
  // What was cut off is asked for again by its time; ids start anew there.
  if (isCut && last) next = `${Date.parse(last.timestamp)}-${Number.MAX_SAFE_INTEGER}`;
  byId("nothing").hidden = true;
  showFirstSteps(false);
  showCounts();
}

function showCounts(): void {
  const more = next === null ? "" : ", more to load";
  byId("events-status").textContent = `${plural(list.shown.length, "event")} shown${more}`;
  byId("load-older").hidden = next === null;
  showWaitingCount();
}

async function loadOlder(): Promise<void> {
  if (next === null) return;
  const load = byId<HTMLButtonElement>("load-older");
  load.disabled = true;
  try {
    const query = toEventQuery(filters, Date.now());
    query.set("cursor", next);
    query.set("limit", "100");
    const page = await fetchEvents(query, loading.signal);
    next = page.next;
    list.addOlder(page.events);
    table.show(list.shown);
    showCounts();
  } catch (error) {
    if (!loading.signal.aborted) showProblem(error);
  } finally {
    load.disabled = false;
  }
}

const stateTexts: Record<LiveState, string> = {
  connecting: "Connecting",
  connected: "Live",
  reconnecting: "Reconnecting",
  paused: "Paused",
};

function showLiveState(state: LiveState): void {
  const shown = byId("live-state");
  shown.dataset.state = state;
  shown.textContent = stateTexts[state];
}

function togglePause(): void {
  isPaused = !isPaused;
  const pause = byId("pause");
  pause.textContent = isPaused ? "Resume" : "Pause";
  pause.setAttribute("aria-pressed", String(isPaused));
  if (isPaused) {
    live.pause();
  } else {
    live.start();
    void loadAll();
  }
}

function openLinked(): void {
  const eventId = location.hash.slice(1);
  if (/^[0-9a-f-]{36}$/i.test(eventId)) fetchEvent(eventId).then((event) => detail.open(event), showProblem);
}

byId("load-older").addEventListener("click", () => void loadOlder());
byId("pause").addEventListener("click", togglePause);
byId("show-new").addEventListener("click", () => {
  showWaiting();
  scrollTo({ top: 0 });
  byId("events").focus({ preventScroll: true });
});
addEventListener("popstate", () => {
  filters = readFilters(location.search);
  form.show(filters);
  void loadAll();
});
addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof HTMLElement && event.target.matches("input, select, textarea");
  if (event.key !== "/" || isTyping || detail.isOpen) return;
  event.preventDefault();
  document.querySelector<HTMLInputElement>('input[name="q"]')?.focus();
});

form.show(filters);
// The first question signs in, where that is needed; the rest can count on it.
void loadAll().then(() => {
  void showAccount();
  openLinked();
  live.start();
  scheduleStats(statsEveryMs);
});
