import { support } from "mayday/support";
import {
  ErrorBoundary,
  ErrorPatternAlert,
  mayday,
  useErrorTracking,
  UserErrorWidget,
  useSupportTrigger,
  useSupportWidget,
} from "mayday/vue";
import { createApp, defineComponent, h, ref } from "vue";

const Broken = defineComponent({
  name: "Broken",
  setup: () => () => {
    if (window.isBroken) throw new TypeError("cart is undefined");
    return h("p", { id: "whole" }, "whole");
  },
});

const Pay = defineComponent({
  name: "Pay",
  setup() {
    const { lastError, trackError, withRetry, clear } = useErrorTracking({ action: "checkout_pay", severity: "high" });
    const failure = () => Promise.reject(Object.assign(new Error("no answer"), { code: "TIMEOUT" }));
    const pay = () => withRetry(failure, { delayMs: 1 }).catch(() => {});
    const cancel = () => trackError(new DOMException("left", "AbortError"));
    return () =>
      h("div", { id: "pay" }, [
        h("button", { id: "pay-now", onClick: pay }, "Pay"),
        h("button", { id: "cancel", onClick: () => void cancel() }, "Cancel"),
        h(UserErrorWidget, { error: lastError.value, onDismiss: clear }),
      ]);
  },
});

const Help = defineComponent({
  name: "Help",
  setup() {
    const { trigger } = useSupportTrigger({ action: "poll_launch" });
    const { isOpen, prefillActionType, prefillMessage, openWithPrefill, close } = useSupportWidget();
    return () =>
      h("div", { id: "help" }, [
        h("button", { id: "fail", onClick: () => trigger(new Error("the poll is closed")) }, "Launch"),
        h("button", { id: "ask", onClick: () => openWithPrefill("A question") }, "Ask"),
        h("button", { id: "unask", onClick: () => close() }, "Never mind"),
        h("output", isOpen.value ? `${prefillActionType.value}: ${prefillMessage.value}` : "closed"),
      ]);
  },
});

const Handler = defineComponent({
  name: "Handler",
  setup: () => () =>
    h("button", { id: "handler", onClick: () => void Object.assign(null, { never: true }) }, "Fail in a handler"),
});

const Shop = defineComponent({
  name: "Shop",
  setup() {
    const isShown = ref(false);
    return () => [
      h("button", { id: "show", onClick: () => (isShown.value = true) }, "Show"),
      h(
        "div",
        { id: "cart" },
        h(ErrorBoundary, { context: { page: "/cart" } }, () => isShown.value && h(Broken)),
      ),
      h(Pay),
      h(Help),
      h(Handler),
      h(ErrorPatternAlert, { url: "/api/patterns", onSelect: ({ hash }) => (document.title = hash) }),
    ];
  },
});

createApp(Shop).use(mayday, { wasmUrl: "/mayday/mayday.wasm", service: "shop", support: support() }).mount("#root");
