import { init } from "mayday";
import { MaydayProvider } from "mayday/next";
import {
  ErrorBoundary,
  ErrorPatternAlert,
  UserErrorWidget,
  useErrorTracking,
  useSupportTrigger,
  useSupportWidget,
} from "mayday/react";
import { support } from "mayday/support";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

const options = { wasmUrl: "/mayday/mayday.wasm", service: "shop", support: support() };
const isNext = location.pathname === "/page-next";
if (!isNext) init(options);

function Broken() {
  if (window.isBroken) throw new TypeError("cart is undefined");
  return <p id="whole">whole</p>;
}

function Pay() {
  const { lastError, trackError, withRetry, clear } = useErrorTracking({ action: "checkout_pay", severity: "high" });
  const failure = () => Promise.reject(Object.assign(new Error("no answer"), { code: "TIMEOUT" }));
  return (
    <div id="pay">
      <button id="pay-now" onClick={() => withRetry(failure, { delayMs: 1 }).catch(() => {})}>
        Pay
      </button>
      <button id="cancel" onClick={() => trackError(new DOMException("left", "AbortError"))}>
        Cancel
      </button>
      <UserErrorWidget error={lastError} onDismiss={clear} />
    </div>
  );
}

function Help() {
  const { trigger } = useSupportTrigger({ action: "poll_launch" });
  const { isOpen, prefillActionType, prefillMessage, openWithPrefill, close } = useSupportWidget();
  return (
    <div id="help">
      <button id="fail" onClick={() => trigger(new Error("the poll is closed"))}>
        Launch
      </button>
      <button id="ask" onClick={() => openWithPrefill("A question")}>
        Ask
      </button>
      <button id="unask" onClick={close}>
        Never mind
      </button>
      <output>{isOpen ? `${prefillActionType}: ${prefillMessage}` : "closed"}</output>
    </div>
  );
}

function Shop() {
  const [isShown, show] = useState(false);
  return (
    <>
      <button id="show" onClick={() => show(true)}>
        Show
      </button>
      <div id="cart">
        <ErrorBoundary page="/cart">{isShown && <Broken />}</ErrorBoundary>
      </div>
      <Pay />
      <Help />
      <ErrorPatternAlert url="/api/patterns" onSelect={({ hash }) => (document.title = hash)} />
    </>
  );
}

function NextApp() {
  const [route, go] = useState("/orders/[id]?token=hunter2");
  return (
    <MaydayProvider sessionId="session-of-ours" route={route} options={options}>
      <button id="go" onClick={() => go("/checkout")}>
        Go
      </button>
    </MaydayProvider>
  );
}

createRoot(document.querySelector("#root")).render(<StrictMode>{isNext ? <NextApp /> : <Shop />}</StrictMode>);
