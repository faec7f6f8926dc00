/** What the user and the page did before an error: clicks, navigation, and on request the console. Never what was typed. */
import type { Capture, State } from "./state.ts";
import type { Level } from "./types.ts";

const levels: Record<string, Level> = { debug: "debug", log: "info", info: "info", warn: "warn", error: "error" };

/** Watches the page until the function that it answers is called. `capture` is told of console.error, if that is asked for. */
export function watch(state: State, capture: Capture): () => void {
  const page = globalThis;
  const undo: (() => void)[] = [];
  let inside = false;

  const guarded = (run: () => void): void => {
    // The console is used by what is called from here, too.
    if (inside) return;
    inside = true;
    try {
      run();
    } catch {
      // A page can put anything anywhere.
    }
    inside = false;
  };
  const listen = (type: string, handler: (event: any) => void): void => {
    const listener = (event: Event): void => guarded(() => handler(event));
    page.addEventListener(type, listener, true);
    undo.push(() => page.removeEventListener(type, listener, true));
  };
  const before = (owner: any, name: string, look: (args: any[]) => void): void => {
    const native = owner?.[name];
    if (!native) return;
    const ours = (owner[name] = new Proxy(native, {
      apply(target, self, args) {
        const answer = Reflect.apply(target, self, args);
        guarded(() => look(args));
        return answer;
      },
    }));
    undo.push(() => owner[name] === ours && (owner[name] = native));
  };

  if (page.document) {
    listen("click", ({ target }) => state.remember({ category: "click", message: selectorOf(target) }));
    let path = location.pathname;
    const navigated = (): void => {
      if (path !== location.pathname)
        state.remember({ category: "navigation", message: `${path} -> ${(path = location.pathname)}` });
    };
    listen("popstate", navigated);
    before(page.history, "pushState", navigated);
    before(page.history, "replaceState", navigated);
  }
  if (state.options?.captureConsole)
    for (const [name, level] of Object.entries(levels))
      before(console, name, (args) => {
        const message = args.map((each) => (each instanceof Object ? (each.message ?? "...") : String(each))).join(" ");
        if (level === "error")
          capture("console", `console|${message}`, { message, error: args.find((each) => each instanceof Error) });
        else state.remember({ category: "console", message, level });
      });
  return () => {
    for (const back of undo) back();
  };
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
