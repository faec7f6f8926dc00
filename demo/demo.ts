/** Breaks on purpose. What the logger makes of it is `log-panel.ts`'s. */
import { flush, init, setUser } from "mayday";
import { support, trigger } from "mayday/support";
import { at } from "./elements.ts";
import { showReport, showDashboard } from "./log-panel.ts";

interface Config {
  endpoint?: string;
  dashboard?: string;
  environment?: string;
  release?: string;
}

const config: Config = await fetch("./config.json")
  .then((answer) => (answer.ok ? answer.json() : {}))
  .catch(() => ({}));
init({
  endpoint: config.endpoint,
  service: "demo",
  environment: config.environment ?? "dev",
  release: config.release ?? "0.1.0",
  onReport: showReport,
  // Every other button fails on purpose too: only what is an action's opens the widget.
  support: support({ automatic: false }),
});
at("endpoint").textContent = config.endpoint ?? "/v1/logs";
if (config.dashboard) showDashboard(config.dashboard);

const waysToBreak: Record<string, () => void> = {
  throw() {
    const cause = new RangeError("There are 0 seats left");
    throw new TypeError("Could not book the seat", { cause });
  },
  reject: () => void Promise.reject(new Error("The payment was never confirmed")),
  fetch500: () => void fetch("/demo/fail?order=4711", { method: "POST" }),
  network: () => void fetch("/demo/no-answer").catch(() => {}),
  timeout: () => void fetch("/demo/slow", { signal: AbortSignal.timeout(400) }).catch(() => {}),
  stream() {
    const stream = new EventSource("/demo/events");
    // Once is enough: without this it would come back, and drop again, for ever.
    stream.addEventListener("error", () => stream.close());
  },
  image() {
    // Only an image in the document tells the window that it failed.
    const image = document.body.appendChild(
      Object.assign(new Image(), { src: "/demo/missing.png", alt: "", hidden: true }),
    );
    image.addEventListener("error", () => image.remove());
  },
  secret() {
    throw new Error(
      "Sign-in failed for anna@example.org with password=hunter2 and token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    );
  },
  action: () =>
    trigger(Object.assign(new Error("The payment service is down"), { status: 503 }), { action: "payment_checkout" }),
  storm() {
    const started = performance.now();
    for (let i = 0; i < 10_000; i++) reportError(new Error("The same thing, again and again"));
    console.info(`storm: ${Math.round(performance.now() - started)} ms`);
  },
};

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-break]"))
  button.addEventListener("click", () => waysToBreak[button.dataset.break!]?.());

at("flush").addEventListener("click", () => void flush());

at<HTMLFormElement>("user").addEventListener("submit", async (submit) => {
  submit.preventDefault();
  const id = at<HTMLInputElement>("user-id").value.trim();
  setUser(id);
  at("user-hash").textContent = id ? `Events say ${await sha256(id)}` : "Nobody is signed in.";
});

/** The browser's own digest, so that anybody can see that the logger's is one. */
async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
