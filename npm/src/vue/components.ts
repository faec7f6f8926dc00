import {
  defineComponent,
  h,
  nextTick,
  onBeforeUnmount,
  onErrorCaptured,
  onMounted,
  shallowRef,
  type PropType,
  type VNode,
} from "vue";
import {
  buttonTexts,
  describePattern,
  trackError,
  watchPatterns,
  type ErrorPattern,
  type TrackContext,
  type TrackedError,
} from "../recovery/index.ts";

/**
 * Tells the user what went wrong and what they can do: `<UserErrorWidget :error="lastError" @retry="..." @help="..." @dismiss="..." />`.
 * Each button is there where its event is listened to. Unstyled: `.mayday-error`, and `data-type` for the kind of error.
 */
export const UserErrorWidget = defineComponent({
  name: "UserErrorWidget",
  props: {
    error: { type: Object as PropType<TrackedError | null>, default: null },
    onRetry: Function as PropType<() => void>,
    onHelp: Function as PropType<() => void>,
    onDismiss: Function as PropType<() => void>,
  },
  setup: (props) => () => {
    const { error, onRetry, onHelp, onDismiss } = props;
    if (!error) return null;
    const { retry, help, dismiss } = buttonTexts();
    const button = (text: string, onClick?: () => void): VNode | null =>
      onClick ? h("button", { type: "button", onClick: () => onClick() }, text) : null;
    return h("div", { role: "alert", class: "mayday-error", "data-type": error.type }, [
      h("p", error.userMessage),
      button(retry, onRetry),
      button(help, onHelp),
      button(dismiss, onDismiss),
    ]);
  },
});

/** Reports what the components in its default slot throw, and shows the slot `fallback` (`{ error, reset }`) in their place. */
export const ErrorBoundary = defineComponent({
  name: "ErrorBoundary",
  props: { context: { type: Object as PropType<TrackContext>, default: () => ({}) } },
  setup(props, { slots }) {
    const failed = shallowRef<TrackedError | null>(null);
    let retried: TrackedError | undefined;
    const byReset = { method: "reset", userAction: "try again" };
    onErrorCaptured((error, instance) => {
      retried?.recovery({ ...byReset, successful: false });
      retried = undefined;
      const name = instance?.$options.name ?? instance?.$options.__name;
      failed.value = trackError(error, { ...props.context, action: props.context.action ?? name ?? "ErrorBoundary" });
      return false;
    });
    const reset = async (): Promise<void> => {
      retried = failed.value ?? undefined;
      failed.value = null;
      await nextTick();
      retried?.recovery({ ...byReset, successful: true });
      retried = undefined;
    };
    return () => {
      const error = failed.value;
      if (!error) return slots["default"]?.();
      return slots["fallback"]?.({ error, reset }) ?? h(UserErrorWidget, { error, onRetry: reset });
    };
  },
});

/** For those who look after the app: what fails again and again just now. Shows nothing where nothing does. */
export const ErrorPatternAlert = defineComponent({
  name: "ErrorPatternAlert",
  props: {
    url: String,
    timeRange: String,
    headers: Object as PropType<Record<string, string>>,
    everyMs: Number,
    /** Patterns with fewer errors are not shown. */
    minCount: { type: Number, default: 3 },
    onSelect: Function as PropType<(pattern: ErrorPattern) => void>,
  },
  setup(props) {
    const patterns = shallowRef<ErrorPattern[]>([]);
    let stop = (): void => {};
    onMounted(() => (stop = watchPatterns({ ...props }, (found) => (patterns.value = found))));
    onBeforeUnmount(() => stop());
    return () => {
      const { onSelect } = props;
      const shown = patterns.value.filter(({ count }) => count >= props.minCount);
      if (shown.length === 0) return null;
      const items = shown.map((pattern) => {
        const text = describePattern(pattern);
        const content = onSelect ? h("button", { type: "button", onClick: () => onSelect(pattern) }, text) : text;
        return h("li", { key: pattern.hash, "data-type": pattern.type }, [content]);
      });
      return h("ul", { role: "status", class: "mayday-patterns" }, items);
    };
  },
});
