import { button, byId, element } from "./dom.js";
import { formatAge, formatCount, formatWholeTime } from "./format.js";
import type { Pattern } from "./types.js";

function toItem(pattern: Pattern, largest: number, isChosen: boolean, onChoose: () => void): HTMLLIElement {
  const bar = element("span", { class: "pattern-bar", data: { level: pattern.level }, aria: { hidden: "true" } });
  bar.style.inlineSize = `${Math.max(2, Math.round((100 * pattern.count) / largest))}%`;
  const isNew = Date.now() - Date.parse(pattern.first_seen) < 3_600_000;
  const choose = element(
    "button",
    {
      type: "button",
      class: "pattern",
      aria: { pressed: String(isChosen) },
      title: pattern.message,
      onClick: onChoose,
    },
    bar,
    element("span", { class: "pattern-count" }, formatCount(pattern.count)),
    element(
      "span",
      { class: "pattern-text" },
      element("span", { class: "pattern-message" }, pattern.message),
      element(
        "span",
        { class: "pattern-facts" },
        element("span", { class: "badge", data: { level: pattern.level } }, pattern.level),
        isNew &&
          element("span", { class: "badge new", title: `First seen ${formatWholeTime(pattern.first_seen)}` }, "new"),
        pattern.error_type && element("span", { class: "pattern-type" }, pattern.error_type),
        element(
          "time",
          { datetime: pattern.last_seen, title: formatWholeTime(pattern.last_seen) },
          formatAge(pattern.last_seen),
        ),
      ),
    ),
  );
  return element("li", {}, choose);
}

/** The list of what breaks most; a click shows its events alone, another shows all again. */
export function showPatterns(
  patterns: Pattern[],
  chosen: string | undefined,
  onChoose: (fingerprint?: string) => void,
): void {
  const holder = byId("patterns");
  const focused = document.activeElement?.closest("li");
  const focusedIndex = focused && focused.parentElement === holder ? [...holder.children].indexOf(focused) : -1;
  if (patterns.length === 0) {
    const all = chosen ? button("Show all patterns", () => onChoose(undefined)) : null;
    holder.replaceChildren(element("li", { class: "quiet" }, "No errors or warnings in this time range.", all));
    return;
  }
  const largest = Math.max(...patterns.map((pattern) => pattern.count));
  holder.replaceChildren(
    ...patterns.map((pattern) => {
      const isChosen = pattern.fingerprint === chosen;
      return toItem(pattern, largest, isChosen, () => onChoose(isChosen ? undefined : pattern.fingerprint));
    }),
  );
  if (focusedIndex >= 0) holder.children[focusedIndex]?.querySelector("button")?.focus();
}
