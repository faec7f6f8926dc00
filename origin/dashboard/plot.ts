import uPlot from "uplot";

import { byId, element } from "./dom.js";
import { formatCount, formatMinute, plural } from "./format.js";
import { levels, type Level, type Minute, type Stats } from "./types.js";

/** One bar. */
interface Bin extends Record<Level, number> {
  atMs: number;
}

const minuteMs = 60_000;
const plotHeight = 236;

/** Bars that can still be told apart: 60 to 96 of them. */
const minutesPerBin = (minutes: number): number => (minutes <= 60 ? 1 : minutes <= 360 ? 5 : 15);

function toBins(minutes: Minute[], sinceMs: number, untilMs: number, binMs: number): Bin[] {
  const bins: Bin[] = [];
  const startMs = Math.floor(sinceMs / binMs) * binMs;
  for (let atMs = startMs; atMs < untilMs; atMs += binMs) bins.push({ atMs, error: 0, warn: 0, info: 0, debug: 0 });
  for (const minute of minutes) {
    const bin = bins[Math.floor((minute.at_ms - startMs) / binMs)];
    if (bin) for (const level of levels) bin[level] += minute[level];
  }
  return bins;
}

/** uPlot draws bars from zero: the sums are drawn highest first, each over the last. Errors stand at the bottom. */
function toStacked(bins: Bin[]): uPlot.AlignedData {
  const sums = levels.map((_, depth) =>
    bins.map((bin) => levels.slice(0, depth + 1).reduce((sum, level) => sum + bin[level], 0)),
  );
  return [bins.map((bin) => bin.atMs / 1000), ...sums.reverse()] as uPlot.AlignedData;
}

const color = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const countsOf = (bin: Bin): string =>
  levels
    .filter((level) => bin[level] > 0)
    .map((level) => `${formatCount(bin[level])} ${level}`)
    .join(", ") || "no events";

/** The stacked bars, with a sentence and a table that say the same. */
export class Plot {
  #plot: uPlot | undefined;
  #bins: Bin[] = [];
  #stats: Stats | undefined;
  #isPartial = false;
  #holder = byId("plot");
  #readout = element("p", { class: "plot-readout", aria: { hidden: "true" } });

  constructor() {
    new ResizeObserver(() => this.#plot?.setSize({ width: this.#width(), height: plotHeight })).observe(this.#holder);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.#plot?.destroy();
      this.#plot = undefined;
      if (this.#stats) this.show(this.#stats);
    });
  }

  /** `isPartial`: the list is narrowed by more than the rollups know, so that the plot counts more than the list shows. */
  show(stats: Stats, isPartial = this.#isPartial): void {
    this.#isPartial = isPartial;
    this.#stats = stats;
    const sinceMs = Date.parse(stats.since);
    const untilMs = Date.parse(stats.until);
    const binMinutes = minutesPerBin((untilMs - sinceMs) / minuteMs);
    this.#bins = toBins(stats.minutes, sinceMs, untilMs, binMinutes * minuteMs);
    byId("plot-title").textContent = binMinutes === 1 ? "Events by minute" : `Events by ${binMinutes} minutes`;
    const data = toStacked(this.#bins);
    if (this.#plot) {
      this.#plot.setData(data);
    } else {
      this.#holder.replaceChildren();
      this.#plot = new uPlot(this.#options(), data, this.#holder);
      this.#holder.append(this.#readout);
    }
    this.#summarize(stats);
    this.#fillTable();
  }

  #width(): number {
    return Math.max(this.#holder.clientWidth, 200);
  }

  #options(): uPlot.Options {
    const bars = uPlot.paths.bars;
    const axis = { stroke: color("--text-soft"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false } };
    const series = [...levels].reverse().map((level) => ({
      label: level,
      fill: color(`--${level}-fill`),
      width: 0,
      points: { show: false },
      ...(bars && { paths: bars({ size: [0.85, 24], align: 1 }) }),
    }));
    return {
      width: this.#width(),
      height: plotHeight,
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: {
        // A bar stands right of its time: the last one, which is the present, needs its room.
        x: { time: true, range: (_, minimum, maximum) => [minimum, maximum + this.#binSeconds()] },
        y: { range: (_, __, maximum) => [0, Math.max(4, maximum * 1.1)] },
      },
      axes: [
        {
          ...axis,
          size: 30,
          grid: { show: false },
          values: (_, seconds) => seconds.map((at) => formatMinute(at * 1000)),
        },
        { ...axis, size: 48, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7] },
      ],
      series: [{}, ...series],
      hooks: { setCursor: [(plot) => this.#read(plot.cursor.idx)] },
    };
  }

  #binSeconds(): number {
    const [first, second] = this.#bins;
    return first && second ? (second.atMs - first.atMs) / 1000 : 60;
  }

  #read(index: number | null | undefined): void {
    const bin = index === null || index === undefined ? undefined : this.#bins[index];
    this.#readout.textContent = bin ? `${formatMinute(bin.atMs)}: ${countsOf(bin)}` : "";
  }

  #summarize(stats: Stats): void {
    const total = levels.reduce((sum, level) => sum + stats.totals[level], 0);
    const parts = levels
      .filter((level) => stats.totals[level] > 0)
      .map((level) =>
        element("span", { class: "total", data: { level } }, `${formatCount(stats.totals[level])} ${level}`),
      );
    const note = this.#isPartial ? " (search and identifiers narrow the list alone)" : "";
    byId("plot-summary").replaceChildren(plural(total, "event") + note, ...parts);
  }

  #fillTable(): void {
    const filled = this.#bins.filter((bin) => levels.some((level) => bin[level] > 0)).reverse();
    const head = element("tr", {}, ...["time", ...levels].map((name) => element("th", { scope: "col" }, name)));
    const rows = filled.map((bin) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, formatMinute(bin.atMs)),
        ...levels.map((level) => element("td", {}, formatCount(bin[level]))),
      ),
    );
    byId("plot-table").replaceChildren(element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows)));
  }
}
