import { button, byId, element } from "./dom.js";
import { chipNames, formNames, type FilterName, type Filters } from "./filters.js";
import { shorten } from "./format.js";
import type { Stats } from "./types.js";

const chipTitles: Record<(typeof chipNames)[number], string> = {
  fingerprint: "Pattern",
  session_id: "Session",
  user_id: "User",
  trace_id: "Trace",
  request_id: "Request",
};

const typingPauseMs = 300;

/** The row of controls above the page, and the chips of what a click elsewhere has chosen. */
export class FilterForm {
  #form = byId<HTMLFormElement>("filters");
  #chips = byId("chips");
  #onChange: (filters: Filters, isTyping: boolean) => void;
  #filters: Filters = { range: "1h", values: {} };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onChange: (filters: Filters, isTyping: boolean) => void) {
    this.#onChange = onChange;
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener("input", (event) => {
      const isTyping = event.target instanceof HTMLInputElement && event.target.type === "search";
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#onChange(this.#read(), isTyping), isTyping ? typingPauseMs : 0);
    });
  }

  show(filters: Filters): void {
    this.#filters = filters;
    for (const name of formNames) {
      const control = this.#control(name);
      const value = filters.values[name] ?? "";
      if (control instanceof HTMLSelectElement) addOption(control, value);
      if (control.value !== value) control.value = value;
    }
    const range = this.#form.querySelector<HTMLInputElement>(
      `input[name="range"][value="${CSS.escape(filters.range)}"]`,
    );
    if (range) range.checked = true;
    this.#showChips();
  }

  /** Offers what there is in the time range; what is chosen stays on offer. */
  offer(choices: Stats["choices"]): void {
    for (const name of ["service", "environment", "release"] as const) {
      const select = this.#control(name) as HTMLSelectElement;
      const chosen = select.value;
      const options = choices[name].filter(Boolean).map((text) => new Option(text, text));
      select.replaceChildren(new Option("All", ""), ...options);
      addOption(select, chosen);
      select.value = chosen;
    }
  }

  #control(name: (typeof formNames)[number]): HTMLInputElement | HTMLSelectElement {
    return this.#form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement;
  }

  #read(): Filters {
    const values: Filters["values"] = {};
    for (const name of formNames) {
      const value = this.#control(name).value.trim();
      if (value) values[name] = value;
    }
    for (const name of chipNames) if (this.#filters.values[name]) values[name] = this.#filters.values[name];
    const range = (this.#form.elements.namedItem("range") as RadioNodeList).value;
    return { range, values };
  }

  #showChips(): void {
    const chips = chipNames.flatMap((name) => {
      const value = this.#filters.values[name];
      return value ? [this.#chip(name, `${chipTitles[name]}: ${shorten(value, 12)}`, value)] : [];
    });
    const any = Object.keys(this.#filters.values).length > 0;
    const clear = any
      ? button("Clear all filters", () => this.#change({ range: this.#filters.range, values: {} }), { class: "link" })
      : null;
    this.#chips.replaceChildren(...chips, ...(clear ? [clear] : []));
  }

  #chip(name: FilterName, text: string, value: string): HTMLElement {
    const remove = (): void => {
      const { [name]: _, ...values } = this.#filters.values;
      this.#change({ range: this.#filters.range, values });
    };
    return element(
      "span",
      { class: "chip", title: value },
      text,
      button("×", remove, { aria: { label: `Remove ${text}` } }),
    );
  }

  #change(filters: Filters): void {
    this.#onChange(filters, false);
  }
}

function addOption(select: HTMLSelectElement, value: string): void {
  if (![...select.options].some((option) => option.value === value)) select.append(new Option(value, value));
}
