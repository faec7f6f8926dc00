/** What the user and the page did before an error: clicks, navigation, and on request the console. Never what was typed. */
import type { Capture, State, Ways } from "./state.ts";
import type { Level } from "./types.ts";

/** Watches the page until it is given back. `capture` is told of console.error, if that is asked for. */
export function watch({ options, remember }: State, { listen, wrap }: Ways, capture: Capture): void {
  const page = globalThis;
  let isInside = false;

  const before = (owner: any, name: string, look: (args: any[]) => void): void =>
    wrap(owner, name, {
      apply(native, self, args) {
        const answer = Reflect.apply(native, self, args);
        // The console is used by what is called from here, too.
        if (!isInside) {
          isInside = true;
          try {
            look(args);
          } catch {
            // A page can put anything anywhere.
          }
          isInside = false;
        }
        return answer;
      },
    });

  if (page.document) {
    listen("click", ({ target }) => remember({ category: "click", message: selectorOf(target) }));
    let path = location.pathname;
    const navigated = (): void => {
      if (path !== location.pathname)
        remember({ category: "navigation", message: `${path} -> ${(path = location.pathname)}` });
    };
    listen("popstate", navigated);
    before(page.history, "pushState", navigated);
    before(page.history, "replaceState", navigated);
  }
  if (options?.captureConsole)
    for (const name of ["debug", "log", "info", "warn", "error"])
      before(console, name, (args) => {
        const message = args.map((each) => (each instanceof Object ? (each.message ?? "...") : String(each))).join(" ");
        if (name === "error")
          capture("console.error", `console|${message}`, {
            message,
            error: args.find((each) => each instanceof Error),
          });
        else remember({ category: "console", message, level: (name === "log" ? "info" : name) as Level });
      });
}

/** `form#pay > button.primary`: enough to find it, and nothing that a user wrote. */
function selectorOf(target: any): string {
  const parts: string[] = [];
  for (let element = target; element?.tagName && parts.length < 3; element = element.parentElement) {
    const classes = Array.from(element.classList as DOMTokenList).slice(0, 2);
    const name =
      element.tagName.toLowerCase() + (element.id ? `#${element.id}` : classes.map((each) => `.${each}`).join(""));
    parts.unshift(name);
    if (element.id) break;
  }
  return parts.join(" > ");
}
