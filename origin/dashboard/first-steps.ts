import { copyButton } from "./detail-sections.js";
import { byId, element } from "./dom.js";

/** Shown while nothing has ever been stored: how to send a first event, and how a page does. */
export function showFirstSteps(isShown: boolean): void {
  const holder = byId("first-steps");
  byId("overview").hidden = isShown;
  holder.hidden = !isShown;
  if (!isShown || holder.childElementCount > 0) return;
  const event =
    '{"timestamp":"\'$(date -u +%Y-%m-%dT%H:%M:%SZ)\'","level":"error","service":"web","environment":"dev","release":"1.0.0","message":"Hello, Mayday"}';
  const command = `curl ${location.origin}/v1/logs --header 'content-type: application/json' --data '${event}'`;
  const page =
    "import {init} from 'mayday';\n\ninit({endpoint: '" +
    location.origin +
    "/v1/logs', service: 'web', environment: 'dev', release: '1.0.0'});";
  holder.replaceChildren(
    element("h2", {}, "No events yet"),
    element("p", {}, "The origin is up and waits. Send a first event from a terminal; it shows here at once:"),
    element("div", { class: "code-head" }, "Terminal", copyButton(command, "the command")),
    element("pre", { class: "code" }, command),
    element("p", {}, "Or from a page of yours (its origin must stand in EXTRA_CORS_ORIGINS unless it is this host):"),
    element("div", { class: "code-head" }, "JavaScript", copyButton(page, "the code")),
    element("pre", { class: "code" }, page),
  );
}
